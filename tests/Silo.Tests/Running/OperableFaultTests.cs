using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Running;

/// <summary>
/// What operators cause and mend ends the process in order, with one sentence and code 1, or is lived through.
/// </summary>
[Collection(nameof(RunAlone))]
public sealed class OperableFaultTests
{
    private const string LockOfSilos = "(x'54726962'::bit(32)::int::bigint << 32)";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("alter role app nologin", true)]
    [InlineData("revoke all on all tables in schema public from app", false)]
    [InlineData("revoke all on all tables in schema public from app", true)]
    [InlineData("alter table silos rename to lost_silos", false)]
    public async Task A_right_that_is_taken_away_ends_the_process_with_a_sentence(string sql, bool endsSessions)
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var database = new NpgsqlConnectionStringBuilder(await cluster.CreateDatabaseAsync()).Database!;
        await cluster.ExecuteAsync("create role app login");
        await cluster.ExecuteAsync($"alter database {database} owner to app");
        await cluster.ExecuteAsync("alter schema public owner to app", database);
        var connection = new NpgsqlConnectionStringBuilder(cluster.ConnectionString(database))
        {
            Username = "app",
        }.ConnectionString;
        await using var server = await TributaryProcess.StartNewAsync(
            null, ["--database", "postgres", "--connection", connection], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http, 1));

        await cluster.ExecuteAsync(sql, database);
        if (endsSessions)
            await cluster.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
        Assert.Equal(1, await server.WaitForExitAsync(Cancellation));
        AssertOneSentence(server, "PostgreSQL");
    }

    [Fact]
    public async Task A_rival_that_has_joined_ends_the_process_with_a_sentence()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var connection = await cluster.CreateDatabaseAsync();
        await using var server = await TributaryProcess.StartNewAsync(
            null, ["--database", "postgres", "--connection", connection], Cancellation);
        await using var rival = new NpgsqlConnection(connection + ";Pooling=false");
        await rival.OpenAsync(Cancellation);
        await using var join = new NpgsqlCommand(
            $"""
            begin;
            update silos set status = 'dead' where status <> 'dead';
            insert into silos(address, status, round, transaction_id, backend_pid, backend_start)
                select 'http://rival.example:1', 'active', 0, 0, pid,
                  backend_start from pg_stat_activity where pid = pg_backend_pid();
            select pg_advisory_lock({LockOfSilos} | (select max(id) from silos));
            commit
            """, rival);
        await join.ExecuteNonQueryAsync(Cancellation);

        Assert.Equal(1, await server.WaitForExitAsync(Cancellation));
        AssertOneSentence(server, "is in use by silo");
        Assert.Contains("rival.example", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_whose_descriptors_are_used_up_goes_on_when_there_are_some()
    {
        await using var server = await TributaryProcess.StartNewAsync(environment: null, [], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(http, 0));
        var held = new List<Socket>();
        try
        {
            await server.LimitDescriptorsAsync(8, Cancellation);
            for (var i = 0; i < 64; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancellation);
            }

            // Each names an item that is read from the database, and may need a connection that cannot be opened.
            for (var i = 1; i < 8; i++)
                _ = await PostAsync(http, i, TimeSpan.FromSeconds(2));
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        while (!server.HasExited && await PostAsync(http, 100, TimeSpan.FromSeconds(5)) != HttpStatusCode.Accepted)
        {
            Assert.False(limit.IsCancellationRequested, $"It takes nothing any more: {server.Output}");
            await Task.Delay(100, Cancellation);
        }

        Assert.False(server.HasExited, server.Output);

        // It may have opened all that it may have, and .NET starts a thread for a signal: docs/architecture.md.
        await server.LimitDescriptorsAsync(8, Cancellation);
        var code = await server.StopAsync(Cancellation);
        Assert.True(code == 0, server.Output);
    }

    private static void AssertOneSentence(TributaryProcess server, string text)
    {
        var lines = server.Errors.TrimEnd().Split('\n');
        Assert.StartsWith("tributary: ", lines[^1], StringComparison.Ordinal);
        Assert.Contains(text, lines[^1], StringComparison.Ordinal);
        Assert.Single(lines, static line => line.StartsWith("tributary: ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    /// <summary>Null when nothing was answered.</summary>
    private static async Task<HttpStatusCode?> PostAsync(HttpClient http, int number, TimeSpan? limit = null)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        over.CancelAfter(limit ?? Limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/v1/messages", UriKind.Relative));
            request.Content = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"number":{{number}}}"""),
                Encoding.UTF8,
                "application/json");
            request.Headers.Add("Idempotency-Key", number.ToString(CultureInfo.InvariantCulture));
            using var answer = await http.SendAsync(request, over.Token);
            return answer.StatusCode;
        }
        catch (Exception unanswered)
            when (unanswered is HttpRequestException or IOException
                || (unanswered is OperationCanceledException && !Cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
