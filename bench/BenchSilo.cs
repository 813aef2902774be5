using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Pipeline;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Generations;

namespace Tributary.Bench;

/// <summary>A silo with the platform's own grains and message intake, composed as in the executable.</summary>
public static class BenchSilo
{
    /// <summary>Three contributions of each message: into 8, 16 and 1,000 groups.</summary>
    public const string Definitions = """
        [
          {"name": "by-region", "group": [{"name": "region", "pointer": "/region"}],
           "measures": [{"name": "sum", "kind": "sum", "pointer": "/amount"}]},
          {"name": "by-kind", "group": [{"name": "kind", "pointer": "/kind"}],
           "measures": [{"name": "max", "kind": "max", "pointer": "/amount"}]},
          {"name": "by-customer", "group": [{"name": "customer", "pointer": "/customer"}],
           "measures": [{"name": "sum", "kind": "sum", "pointer": "/amount"}]}
        ]
        """;

    public static RoundGrainTypes Types() =>
        new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains();

    public static async Task<(RoundEngine Host, MessageIntake Intake)> StartAsync(BenchStore store)
    {
        var (host, definitions) = await JoinAsync(store);
        return (host, Door(host.Grains, definitions));
    }

    /// <summary>A silo that accepts calls, and the definitions that it counts by.</summary>
    public static async Task<(RoundEngine Host, StoredDefinitions Definitions)> JoinAsync(BenchStore store)
    {
        var host = new RoundEngine(
            new RoundOptions(), store.Store, Types(), new Dictionary<string, IActivity>(),
            RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
            NullLogger<RoundEngine>.Instance);
        await host.StartAsync();
        using var json = JsonDocument.Parse(Definitions);
        var definitions = AggregateDefinition.ParseAll(json.RootElement);
        await store.Store.Generations.DeclareAsync(
            host.Silo!.Value,
            [
                .. definitions.Select(definition => new DefinitionProposal(
                    definition.Name, definition.Hash, definition.Json)),
            ],
            [],
            CancellationToken.None);
        var stored = await store.Store.Generations.ReadAsync(CancellationToken.None);
        host.Definitions = stored.Version;
        return (host, stored);
    }

    public static MessageIntake Door(IRoundGrains grains, StoredDefinitions definitions) =>
        new(
            grains,
            ContributionCalculator.For(definitions),
            new MessageIds(() => (ulong)Random.Shared.NextInt64()),
            TimeProvider.System,
            new IntakeOptions());
}
