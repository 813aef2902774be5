using System.Net;
using System.Net.Sockets;
using Npgsql;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Postgres;

/// <summary>Who is declared dead, and who is not.</summary>
[Collection(nameof(SharedCluster))]
public sealed class PostgresTakeoverTests(SharedCluster shared) : IAsyncLifetime
{
    private PostgresHarness? harness;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresHarness Harness => harness!;

    public async ValueTask InitializeAsync() =>
        harness = new PostgresHarness(await (await shared.GetAsync()).CreateDatabaseAsync());

    public ValueTask DisposeAsync() => Harness.DisposeAsync();

    [Fact]
    public async Task A_silo_whose_lock_is_free_and_whose_address_refuses_is_taken_over_with_its_partitions()
    {
        var first = await TestSilo.JoinAsync(Harness.NewStore(), $"http://127.0.0.1:{ClosedPort()}");
        await first.CommitAsync(TestSilo.Message());
        await Harness.CrashAsync(first.Store);

        await using var store = Harness.NewStore();
        var second = await TestSilo.JoinAsync(store, "http://127.0.0.1:1");

        await using var connection = new NpgsqlConnection(Harness.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select count(*) from partitions where silo = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = second.Id.Value });
        Assert.Equal(256L, await command.ExecuteScalarAsync(Cancellation));
    }

    [Fact]
    public async Task A_silo_whose_address_answers_is_left_alone_and_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var first = await TestSilo.JoinAsync(Harness.NewStore(), address);
        await first.CommitAsync();
        await first.CommitAsync();
        await Harness.CrashAsync(first.Store);

        await using var store = Harness.NewStore();
        var error = await Assert.ThrowsAsync<StoreException>(() =>
            TestSilo.JoinAsync(store, "http://127.0.0.1:1")
        );

        Assert.Equal(StoreFault.Busy, error.Fault);
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
        Assert.Contains("round 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_leaves_gives_its_partitions_back()
    {
        await using var store = Harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);

        await store.LeaveAsync(silo.Id, Cancellation);

        await using var connection = new NpgsqlConnection(Harness.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select count(*) from partitions where silo is null", connection);
        Assert.Equal(256L, await command.ExecuteScalarAsync(Cancellation));
    }

    [Fact]
    public async Task Of_two_that_join_at_once_one_wins()
    {
        await using var one = Harness.NewStore();
        await using var two = Harness.NewStore();
        await one.OpenAsync(Cancellation);
        await two.OpenAsync(Cancellation);

        var joins = new[] { one.JoinAsync(
            "", Cancellation).AsTask(), two.JoinAsync("", Cancellation).AsTask() };
        var results = await Task.WhenAll(joins.Select(async join =>
        {
            try
            {
                await join;
                return true;
            }
            catch (StoreException e) when (e.Fault == StoreFault.Busy)
            {
                return false;
            }
        }));

        Assert.Single(results, won => won);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
