using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>What this node counts.</summary>
/// <param name="Contributions">What a message adds to which aggregate: follows changes of definitions.</param>
internal sealed record Definitions(GenerationControl Generations, ContributionCalculator Contributions);
