namespace Tributary.Silo.Tests.Documentation;

/// <summary>What happens to each example of the documentation that has no language which says it by itself.</summary>
internal static class Treatments
{
    /// <summary>Run as they stand by a test of <see cref="CommandTests"/>.</summary>
    public static readonly HashSet<string> Run =
    [
        "README.md: dotnet run --project Silo             # http://127.0.0.1:8888, data in ./data",
        "README.md: $ curl -s http://127.0.0.1:8888/api/v1/messages -H 'Content-Type: application/json' \\",
        "README.md: dotnet run --project Silo -- --config samples/pipeline.yaml",
        "docs/configuration.md: tributary: the configuration is wrong:",
        "docs/graphql-schema.md: curl -N http://127.0.0.1:8888/graphql -H 'content-type: application/json' -H 'accept: "
        + "text/event-stream' \\",
        "docs/plugins.md: dotnet build samples/plugin-csharp -c Release",
        "docs/replay.md: Generation 2 of by-group is counted from now on, and is not what readers see: reprocess "
        + "by-group to build it from the stored messages, then switch.",
        "docs/replay.md: curl -X POST 'http://127.0.0.1:8888/api/v1/reprocess?aggregate=by-group'",
        "docs/rest.md: curl -i http://127.0.0.1:8888/api/v1/messages -H 'Content-Type: application/json' -H "
        + "'Idempotency-Key: reading-17' -d '{\"sensor\":\"s-7\",\"celsius\":21.50}'",
        "docs/rest.md: {\"line\":1,\"status\":202,\"id\":\"…\",\"item\":\"…\",\"cursor\":\"…\"}",
        "docs/rest.md: curl 'http://127.0.0.1:8888/api/v1/failures?status=PARKED&plugin=exif&limit=100'",
        "docs/aggregates.md: aggregates[1].measures[0].kind: found \"avg\"; allowed: count, sum, min, max, mean, "
        + "distinct, quantiles.",
        "samples/connector-folder-metadata/README.md: dotnet build samples/connector-folder-metadata -c Release",
    ];

    /// <summary>Examples that no test of this project runs, and why.</summary>
    public static readonly Dictionary<string, string> Told = new()
    {
        ["docs/cluster.md: tributary --config tributary.yaml"] =
            "TwoProcessesTests starts such processes, on ports and a database of the test",
        ["docs/cluster.md: TRIBUTARY_KEY=$KEY tributary drain --url http://127.0.0.1:8889"] =
            "DrainTests runs both commands, at processes of the test",
        ["docs/cluster.md: tributary --config tributary.yaml --roles api --urls http://127.0.0.1:8890"] =
            "ApiNodeTests starts such a process, on a port and a database of the test",
        [
            "docs/cluster.md: curl "
                + "'http://127.0.0.1:8888/api/v1/aggregates/quakes-by-network?atLeast=AQGNJ…&deadline=2000'"
        ] = "the cursor is one of a receipt; TwoProcessesTests reads with such",
        ["docs/reliability.md: ./test.sh Silo                                      # all of them but the simulation"] =
            "this run, and its longer forms",
        [
            "docs/orleans.md: public sealed class Cart([PersistentState(\"cart\", \"tributary\")] "
                + "IPersistentState<CartState> cart) : Grain, ICart"
        ] = "OrdinaryGrainTests calls such a grain in a cluster",
        ["docs/orleans.md: public sealed class Alarm(IPreciseReminders reminders) : Grain, IAlarm"] =
            "PreciseReminderTests reminds such a grain in a cluster",
        ["docs/testing.md: [Fact]"] = "a test: TestingExampleTests has it, and TestingPageTests compares them",
        [
            "docs/cluster.md: builder.UseOrleansClient(client => "
                + "client.UseTributaryCluster(ConfigFile.Load(\"tributary.yaml\")));"
        ] = "MutualTlsTests makes such a client, of a configuration of the test",
        ["README.md: dotnet run -c Release --project bench -- ingest --store sqlite --seconds 10"] =
            "a bench: minutes, and figures of the machine",
        [
            "README.md: Grains.Abstractions/      grain interfaces of Orleans, the types that travel, the base "
                + "class of round grains"
        ] = "the tree; ExampleTests compares it",
        ["CONTRIBUTING.md: ./test.sh                    # build, run everything, end with \"N passed, N failed\""] =
            "this run",
        [
            "CONTRIBUTING.md: ./test.sh --mutants                             # makes each in a copy of the "
            + "repository; ends with \"N killed, N alive\""
        ] = "half an hour; MutantTests checks that the lists fit the product",
        [
            "docs/replay.md: Aggregate by-city is new and starts empty: the 40000 messages stored before are not "
            + "counted in it. To count them: POST /api/v1/reprocess?aggregate=by-city, or the mutation reprocess."
        ] = "a line of the log of a database with so many messages; StoredAggregatesTests reads such a line",
        ["CONTRIBUTING.md: dotnet build tests/Storage.Tests"] =
            "how tests are run; The_test_classes_that_pages_name_are_there checks the names",
        [
            "CONTRIBUTING.md: SIMULATION_SEEDS=50000 dotnet "
            + "tests/Simulation.Tests/bin/Debug/net10.0/Tributary.Simulation.Tests.dll -class "
            + "Tributary.Simulation.Tests.SeedsTests"
        ] = "an hour; The_test_classes_that_pages_name_are_there checks the names",
        ["CONTRIBUTING.md: dotnet run -c Release --project bench -- turns --seconds 10"] =
            "a bench: figures of the machine",
        ["docs/architecture.md: POST                                            202              live frames"] =
            "a drawing",
        [
            "docs/architecture.md: RabbitMQ, ZeroMQ ─► IBroker ─► Listener ─► MessageIntake (MessageMapper) ─► "
            + "ItemGrain.Receive ─► round n: message, pending part, activity"
        ] = "a drawing",
        ["docs/architecture.md: Silo ──► Api, Connectors, Plugins, Pipeline, Storage, Rounds.Orleans"] =
            "a drawing; DirectionTests hold it",
        ["docs/configuration.md: tributary --config tributary.yaml --roles silo --urls http://127.0.0.1:8889"] =
            "needs PostgreSQL at its default port; RolesTests run the two roles",
        ["docs/configuration.md: docker build -f deploy/Dockerfile -t tributary ."] =
            "needs a container engine, which build machines do not have",
        [
            "docs/engine.md: while (true) { take what is waiting; run the turns; make the round durable; let go of "
            + "what the round saw }"
        ] = "a thought, no code",
        ["docs/engine.md: using System.Text;"] =
            "C#: compiled by whoever copies it; the simulation's grains have its shape",
        ["docs/engine.md: using Microsoft.Extensions.Logging.Abstractions;"] =
            "C#: the host that the engine's tests start",
        ["docs/graphql.md: var bindings = new SchemaBindings()"] =
            "C#: a sketch with a store and a feed of the reader's own",
        ["docs/feed.md: const feed = new WebSocket('ws://127.0.0.1:8888/ws/v1/?cursors=1&after=' + lastCursor);"] =
            "for a browser, with a cursor of the reader's own; the page's tests open the same address",
        ["docs/hosting.md: var builder = WebApplication.CreateBuilder(args);"] =
            "HostingPageTests finds it in the sample, and OwnHostTests run that",
        ["docs/hosting.md: await door.AcceptAsync(new IntakeRequest"] =
            "HostingPageTests finds it in the sample, and OwnHostTests run that",
        ["docs/page.md: index.html          the sections and their landmarks; modules fill them in"] =
            "the tree; ExampleTests compares it",
        [
            "docs/page.md: dotnet build tests/Silo.Tests && dotnet "
            + "tests/Silo.Tests/bin/Debug/net10.0/Tributary.Silo.Tests.dll -namespace Tributary.Silo.Tests.Page"
        ] = "how this program is run",
        [
            "docs/page.md: chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
            + "--disable-background-networking \\"
        ] = "writes a picture over the one of the repository; the page's tests drive the same browser",
        [
            "docs/performance.md: NAME STORE: X msg/s, limit Y msg/s, ratio Z (least to greatest), p50 … p99 … ms, … "
            + "B/msg"
        ] = "the form of a line",
        [
            "docs/performance.md: DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0 "
            + "bench/bin/Release/net10.0/bench post --seconds 40 &"
        ] = "needs perf and a quiet machine",
        ["docs/plugins.md: public sealed class LinesPlugin : IPlugin"] = "DocumentedPluginTests runs the class",
        [
            "docs/processing.md: delivery ─ MessageMapper ─ MessageIntake ─ ItemGrain.Receive ─┐ one round: the "
            + "message, its status, its activity"
        ] = "a drawing",
        ["docs/simulation.md: dotnet run --project tests/Simulation.Tests                           # 2,000 of each"] =
            "the simulation's own tests",
    };
}
