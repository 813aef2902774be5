namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>An ordinary Orleans grain, which waits for round grains.</summary>
[Alias("tests.teller")]
public interface ITellerGrain : IGrainWithStringKey
{
    [Alias("AddTwice")]
    Task<int> AddTwice(string probe, int amount);

    /// <summary>Answers at once, without a round grain.</summary>
    [Alias("Ask")]
    Task Ask();
}

/// <inheritdoc/>
public sealed class TellerGrain : Grain, ITellerGrain
{
    public Task Ask() => Task.CompletedTask;

    public async Task<int> AddTwice(string probe, int amount)
    {
        var reference = GrainFactory.GetGrain<IProbeGrain>(probe);
        await reference.Add(amount);
        return await reference.Add(amount + 1);
    }
}
