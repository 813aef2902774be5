using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>What this node counts, and since when.</summary>
/// <param name="Contributions">What a message adds to which aggregate: follows switches of generations.</param>
/// <param name="FedFrom">The position from which on every message is counted in all fed generations.</param>
internal sealed record Definitions(
    GenerationControl Generations, ContributionCalculator Contributions, Position FedFrom);
