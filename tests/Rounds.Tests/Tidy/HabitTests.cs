namespace Tributary.Rounds.Tests.Tidy;

/// <summary>Habits that a compiler does not hold.</summary>
public sealed class HabitTests
{
    private const int MaxLinesCount = 400;

    // Where the world's time and chance come in, and why there.
    private static readonly Dictionary<string, string> MayTakeTheWorld = new()
    {
        ["TestingHost/Clusters/TributaryTestCluster.cs"] = "the clock of the stores of its silos",
        ["Rounds/RoundEnvironment.cs"] = "the one place where a silo gets its clock and its ids of failures",
        ["Connectors/Brokers/BrokerBackoff.cs"] =
            "jitter, so that silos that lost the same server do not come back at the same moment",
        ["Silo/Configuration/PipelineReader.cs"] = "the program hands the system's clock to connectors",
        ["Silo/Composition/WatchServices.cs"] = "the clock of a host that brings none",
        ["Silo/Hosting/Engine/NodeGrains.cs"] = "the program hands chance to the delays of retries",
        ["Silo/Hosting/Node/ClientService.cs"] = "the program hands chance to the ids of a client's sessions",
        ["Silo/Hosting/Node/NodeDoors.cs"] = "the program hands chance to the ids of messages",
        ["Rounds.Orleans/Hosting/GrainStorageExtensions.cs"] =
            "versions of the states of ordinary grains, which must differ and mean nothing",
        ["Silo/Hosting/Node/NodeScratch.cs"] = "the name of the scratch folder of this process",
        ["Api/TributaryApi.cs"] = "the clock of a host that brings none",
        ["GraphQL/GraphQLOptions.cs"] = "the default of an option that tests replace",
        ["GraphQL/Validation/Rules/FieldGroup.cs"] = "a hash seed, so that nobody can aim at collisions",
        ["Storage/InMemory/InMemoryDatabase.cs"] = "the history id of a new database",
        ["Storage/Postgres/PostgresSchema.cs"] = "the history id of a new database",
        ["Storage/Sqlite/SqliteSchema.cs"] = "the history id of a new database",
    };

    // Where tests wait by the clock, and why there.
    private static readonly Dictionary<string, string> MayWait = new()
    {
        ["tests/Api.Tests/Processing/Until.cs"] = "asks a server until a limit",
        ["tests/Connectors.Tests/Support/Eventually.cs"] = "asks another process until a limit",
        ["tests/GraphQL.Tests/Execution/BatchTests.cs"] = "resolvers that are slow on purpose",
        ["tests/GraphQL.Tests/Execution/ExecutionTests.cs"] = "resolvers that are slow on purpose",
        ["tests/Silo.Tests/Crashes/CrashLoopTests.cs"] = "the random moment of a kill",
        ["tests/Silo.Tests/Crashes/EndingServer.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Pipeline/BrokerRefusalTests.cs"] = "asks brokers and a database until a limit",
        ["tests/Silo.Tests/Pipeline/FaultsTests.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Pipeline/Ledger.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Pipeline/PipelineTests.cs"] =
            "the random moment of a kill; asks another process until a limit",
        ["tests/Silo.Tests/Pipeline/Publisher.cs"] = "asks a broker that restarts until it answers",
        ["tests/Silo.Tests/Replays/Reprocessing.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Running/RolesTests.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Running/FullDiskTests.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Running/OperableFaultTests.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Running/KillTests.cs"] = "the random moment of a kill",
        ["tests/Silo.Tests/Running/StopTests.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Running/StoredMessages.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/TributaryProcess.cs"] = "asks another process until a limit",
        ["tests/Silo.Tests/Cluster/Endurance/Pace.cs"] = "how long harms last is what these tests are about",
        ["tests/Shared/Waiting.cs"] = "asks what gives no signal until a limit",
    };

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold()
    {
        foreach (var file in Sources.Files(".cs").Concat(Sources.Files(".js")).Concat(Sources.Files(".css")))
            Assert.True(
                File.ReadLines(Path.Combine(Sources.Root, file)).Count() <= MaxLinesCount,
                $"{file} has more than {MaxLinesCount} lines: there is a second idea in it.");
    }

    [Fact]
    public void Time_chance_and_ids_come_from_outside()
    {
        var product = Sources
            .Files(".cs")
            .Where(file =>
                !file.StartsWith("tests/", StringComparison.Ordinal)
                && !file.StartsWith("bench/", StringComparison.Ordinal));

        Assert.Empty(Sources.Find(
            product.Where(file => !MayTakeTheWorld.ContainsKey(file)),
            @"\b(DateTime|DateTimeOffset)\.(UtcNow|Now)\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bRandom\.Shared\b"
                + @"|\bnew Random\(\)|\bTimeProvider\.System\b|\bStopwatch\.|Environment\.TickCount"));
    }

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(
            Sources.Find(
                Sources.Files(".cs").Concat(Sources.Files(".js")),
                @"\b(TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b"));

    [Fact]
    public void Test_classes_end_in_Tests()
    {
        // An abstract class that several test classes inherit ends in Conformance.
        var tests = Sources.Files(".cs").Where(file => file.StartsWith("tests/", StringComparison.Ordinal)
            && Sources.Find([file], @"^\s*\[(Fact|Theory)\b").Any());

        var odd = tests.Select(file => Path.GetFileName(file).Split('.')[0])
            .Where(static name => !name.EndsWith("Tests", StringComparison.Ordinal)
                && !name.EndsWith("Conformance", StringComparison.Ordinal));

        Assert.Equal([], odd);
    }

    [Fact]
    public void No_test_skips_or_sleeps()
    {
        var tests = Sources.Files(".cs").Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).ToList();

        Assert.Empty(Sources.Find(tests, @"\bThread\.Sleep\b|\bSkip\s*=|\bSkip(When|Unless)\s*=|\bAssert\.Skip"));
        Assert.Empty(
            Sources.Find(tests.Where(file => !MayWait.ContainsKey(file)), @"\bTask\.Delay\((?!Timeout\.Infinite)"));
    }

    // The one place where the process ends by itself, and why there.
    private static readonly string[] MayEndTheProcess = ["Silo/Program.cs"];

    // Work that nobody awaits, and who sees to its errors.
    private static readonly Dictionary<string, string> MayForget = new()
    {
        ["Rounds/Calls/Call.cs"] = "an error is the outcome that the caller gets",
        ["Rounds.Orleans/States/Batches.cs"] = "an error is the outcome that each caller gets",
        ["Rounds.Orleans/Kinds/RoundRouter.cs"] = "a one-way call that fails is logged",
        ["Rounds/ThreadScheduler.cs"] = "errors that work lets through are fatal",
        ["Silo/Hosting/Doors/DoorLane.cs"] = "the call answers its messages, whatever becomes of it",
        ["Silo/Hosting/Doors/RemoteDoor.cs"] = "only waits, and sends its messages again",
        ["Pipeline/Intake/DeliveryNotes.cs"] = "an error ends the wait of whoever notes",
        ["Pipeline/Plugins/OffCaller.cs"] = "hands its errors to whoever awaits the result",
        ["Pipeline/Plugins/ActiveRun.cs"] = "an error is the result of the run",
        ["Connectors/Brokers/RabbitMqSession.cs"] = "an error of a delivery ends its session",
        ["Connectors/Brokers/ZeroMqBroker.cs"] = "an error of a delivery is told to the operator",
    };

    [Fact]
    public void The_process_ends_in_order_and_in_one_place() => Assert.Empty(Sources.Find(
        Product().Where(file => !MayEndTheProcess.Contains(file)), @"\bEnvironment\.(FailFast|Exit)\b"));

    [Fact]
    public void Work_that_nobody_awaits_is_seen_to() =>
        Assert.Empty(
            Sources.Find(
                Product().Where(file => !MayForget.ContainsKey(file)),
                @"\b_ = (\w+\.)?\w+Async\(|\b_ = Task\.Run\(|\basync void\b"));

    private static IEnumerable<string> Product() => Sources.Files(".cs").Where(file =>
        !file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("bench/", StringComparison.Ordinal)
        && !file.StartsWith("TestingHost/", StringComparison.Ordinal));

    [Fact]
    public void Every_exception_names_a_file_that_is_there()
    {
        var files = Sources.Files(".cs").ToHashSet();

        Assert.All(MayTakeTheWorld.Keys.Concat(MayWait.Keys).Concat(MayForget.Keys).Concat(MayEndTheProcess), file =>
            Assert.Contains(file, files));
    }

    [Fact]
    public void The_search_finds_what_it_looks_for() =>
        Assert.NotEmpty(Sources.Find(["Rounds/RoundEnvironment.cs"], @"\bTimeProvider\.System\b"));
}
