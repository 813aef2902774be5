using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Generations;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Makes the doors of this node. All doors share one source of ids, so that the message ids of one process ascend.
/// </summary>
internal sealed class NodeDoors(SiloConfig config, DefinitionsLook look, TimeProvider time)
{
    private readonly MessageIds ids = new(static () => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    /// <param name="mapper">Null when messages are taken as they are.</param>
    /// <param name="runs">The plugins that run on the messages; null when none do.</param>
    public MessageIntake New(
        IRoundGrains grains, ContributionCalculator contributions, MessageMapper? mapper, IPluginHost? runs) =>
        new(grains, contributions, ids, time,
            new IntakeOptions { MaxBodyBytes = config.Api.MaxBodyBytes, Mapper = mapper }, runs,
            look.UpToAsync);
}
