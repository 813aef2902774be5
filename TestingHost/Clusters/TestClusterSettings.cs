using Tributary.Rounds;
using Tributary.Rounds.Calls;

namespace Tributary.TestingHost.Clusters;

/// <summary>What the silos of a <see cref="TributaryTestCluster"/> have besides the platform's own grains.</summary>
public sealed class TestClusterSettings
{
    /// <summary>
    /// Adds round grains to a silo. Ordinary grains need no entry: Orleans finds them in the assemblies that were built
    /// with <c>Microsoft.Orleans.Sdk</c> and are loaded.
    /// </summary>
    public Action<RoundGrainTypes> RoundGrains { get; init; } = static _ => { };

    /// <summary>
    /// Adds services and options to a silo: what the grains ask for, filters, further storage. Called for each silo,
    /// with services of its own.
    /// </summary>
    public Action<ISiloBuilder> Silo { get; init; } = static _ => { };

    /// <summary>Changes limits and times of a silo's rounds.</summary>
    public Action<RoundOptions> Rounds { get; init; } = static _ => { };

    /// <summary>Adds services and options to the client.</summary>
    public Action<IClientBuilder> Client { get; init; } = static _ => { };
}
