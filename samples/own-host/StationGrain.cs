using System.Text.Json;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace OwnHost;

/// <summary>A station that reports what it measures.</summary>
[Alias("OwnHost.IStationGrain")]
public interface IStationGrain : IGrainWithStringKey
{
    /// <summary>Returns how many readings it has reported since it was activated, when this one is stored.</summary>
    [Alias("Report")]
    Task<int> Report(double celsius);
}

/// <summary>An ordinary grain: it may wait, and what it posts is a message like any other.</summary>
internal sealed class StationGrain(MessageIntake door) : Grain, IStationGrain
{
    private static readonly JsonPointer Station = JsonPointer.Parse("/station");

    private int count;

    public async Task<int> Report(double celsius)
    {
        await door.AcceptAsync(new IntakeRequest
        {
            Source = "stations",
            ItemPointer = Station,
            Body = JsonSerializer.SerializeToUtf8Bytes(new { station = this.GetPrimaryKeyString(), celsius }),
        });
        return ++count;
    }
}
