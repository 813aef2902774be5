using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;

namespace Tributary.Silo.Hosting;

/// <summary>The aggregates that this node counts, and since when.</summary>
/// <param name="Contributions">Tells what a message adds to which aggregate; follows switches of generations.</param>
/// <param name="FedFrom">From this position on every message is counted in all generations that are fed.</param>
internal sealed record Definitions(
    GenerationControl Generations, ContributionCalculator Contributions, Position FedFrom);
