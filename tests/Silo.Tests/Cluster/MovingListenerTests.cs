using System.Globalization;
using System.Text.Json;
using Npgsql;
using Tributary.Silo.Tests.Pipeline;
using Tributary.TestingHost;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>A ZeroMQ subscription of a cluster, which one silo has: real processes on one database.</summary>
public sealed class MovingListenerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int StoredCount = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_silo_has_the_subscription_and_another_takes_it_over_when_that_one_is_killed()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next();
        var file = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(file, $$"""
            broker: {type: zeromq, host: 127.0.0.1, port: {{port}}, connection_type: connect, socket_type: SUB}
            message: {fields: {number: {key: number, required: true} } }
            """, Cancellation);
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(connection);
        using var publisher = ZeroMqPublisher.Start(port);
        await using var first = await ClusterProcesses.StartAsync(connection, "--config", file);
        await using var second = await ClusterProcesses.StartAsync(connection, "--config", file);
        // The share of the second has moved to it as a whole.
        await Waiting.UntilAsync(() => MovesOf(first) == 1);
        await Waiting.UntilAsync(() => Has(first) != Has(second));

        var number = await PublishAsync(publisher, database, from: 0);
        var (having, other) = Has(first) ? (first, second) : (second, first);
        await having.KillAsync(Cancellation);
        var atKill = number;
        number = await PublishAsync(publisher, database, from: number);
        Assert.True(Has(other));

        // One silo at a time takes the messages: none twice, and without a move none is missing.
        var stored = await StoredAsync(database);
        Assert.Equal(stored.Distinct(), stored);
        foreach (var phase in new[] { stored.Where(one => one < atKill), stored.Where(one => one >= atKill) })
        {
            var numbers = phase.ToList();
            Assert.Equal(Enumerable.Range(numbers[0], numbers.Count), numbers);
        }

        // It comes back with the partition when another silo starts, or stays; there is one in any case.
        var movesCount = MovesOf(other);
        await having.StartAsync(Cancellation);
        await Waiting.UntilAsync(() => MovesOf(other) > movesCount);
        await Waiting.UntilAsync(() => Has(first) != Has(second));
        await PublishAsync(publisher, database, from: number);
        stored = await StoredAsync(database);
        Assert.Equal(stored.Distinct(), stored);
    }

    // Publishes numbered messages until so many more are stored; returns the next number.
    private static async Task<int> PublishAsync(ZeroMqPublisher publisher, NpgsqlDataSource database, int from)
    {
        var before = (await StoredAsync(database)).Count;
        var number = from;
        await Waiting.UntilAsync(async () =>
        {
            await publisher.SendAsync(
                string.Create(CultureInfo.InvariantCulture, $$"""{"number":{{number++}}}"""), Cancellation);
            return (await StoredAsync(database)).Count >= before + StoredCount;
        });
        // The last ones are on their way.
        await Waiting.UntilAsync(async () => (await StoredAsync(database)).LastOrDefault() == number - 1);
        return number;
    }

    private static async Task<List<int>> StoredAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select body from messages order by position");
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var numbers = new List<int>();
        while (await reader.ReadAsync(Cancellation))
            numbers.Add(JsonElement.Parse((byte[])reader[0]).GetProperty("number").GetInt32());
        numbers.Sort();
        return numbers;
    }

    private static int MovesOf(TributaryProcess process) =>
        process.Output.Split("partitions were moved to the silos where they belong").Length - 1;

    // What the last line about it says, of those that this life of the process has written.
    private static bool Has(TributaryProcess process)
    {
        if (process.HasExited)
            return false;
        var output = process.Output;
        var here = LastOf("is received by this silo");
        return here > LastOf("is received by another silo") && here > LastOf("Joined as silo");

        int LastOf(string text) => output.LastIndexOf(text, StringComparison.Ordinal);
    }
}
