using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;

namespace Tributary.Silo.Hosting;

/// <summary>What this node counts, and since when.</summary>
/// <param name="Contributions">What a message adds to which aggregate: follows switches of generations.</param>
/// <param name="FedFrom">From here on every message is counted in all generations that are fed.</param>
internal sealed record Definitions(
    GenerationControl Generations, ContributionCalculator Contributions, Position FedFrom);
