using System.Text.Json;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace OwnHost;

/// <summary>A station that reports its measurements.</summary>
[Alias("OwnHost.IStationGrain")]
public interface IStationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Returns, once this reading is stored, the number of readings reported since the grain was activated.
    /// </summary>
    [Alias("Report")]
    Task<int> Report(double celsius);
}

/// <summary>An ordinary grain, which may wait. The messages that it posts are like any other.</summary>
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
