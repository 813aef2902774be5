using System.Text;
using System.Text.Json;
using Tributary.Api.Tests.GraphQL;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Processing;

public abstract class FailureChangeTests(ProcessingFixture fixture)
{
    private const string Retry =
        "mutation($filter: FailureFilter!, $after: String) { retry(filter: $filter, after: $after) { matchedCount "
        + "changedCount endCursor error { code message } } }";

    private const string Park =
        "mutation($filter: FailureFilter!) { park(filter: $filter) { matchedCount changedCount endCursor error { code "
        + "} } }";

    private static readonly object Everything = new { };

    [Fact]
    public async Task What_two_retry_at_once_is_begun_once_and_counted_once()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        for (var n = 0; n < 30; n++)
            await server.ReferAsync($"i-{n}", $"f-{n}");
        await server.LedgerIsAsync(completed: 0, retrying: 30);
        for (var n = 0; n < 30; n++)
            content.Write($"f-{n}", "good");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ChangeAsync(server, Retry, Everything)));

        await server.LedgerIsAsync(completed: 30);
        Assert.Equal(30, answers.Sum(answer => answer.Changed));
        Assert.Equal(30, await CountOfAsync(server, "good"));
        Assert.Equal(new Change(0, 0, null), await ChangeAsync(server, Retry, Everything));
    }

    [Fact]
    public async Task Only_what_the_filter_names_is_changed()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        content.Write("bad", "bad");
        foreach (var item in new[] { "a", "b", "c" })
        {
            await server.ReferAsync(item, "bad");
            await server.ReferAsync(item, "missing");
        }

        await server.LedgerIsAsync(completed: 0, retrying: 3, parked: 3);
        content.Pardon();
        Assert.Equal(
            new Change(1, 1, null),
            await ChangeAsync(server, Retry, new { item = new[] { "b" }, plugin = new[] { "judge" } }));
        await server.LedgerIsAsync(completed: 1, retrying: 3, parked: 2);

        Assert.Equal(
            new Change(2, 2, null),
            await ChangeAsync(server, Park, new { item = new[] { "a", "c" }, status = new[] { "RETRYING" } }));
        await server.LedgerIsAsync(completed: 1, retrying: 1, parked: 4);
        // What is parked already stays as it is.
        Assert.Equal(new Change(4, 0, null), await ChangeAsync(server, Park, new { status = new[] { "PARKED" } }));

        content.Write("missing", "good");
        Assert.Equal(new Change(5, 5, null), await ChangeAsync(server, Retry, Everything));
        await server.LedgerIsAsync(completed: 6);
        Assert.Equal((3, 3), (await CountOfAsync(server, "bad"), await CountOfAsync(server, "good")));
    }

    [Fact]
    public async Task More_than_one_call_looks_at_are_changed_by_going_on_from_its_cursor()
    {
        const int Count = 1_020;
        var (server, _) = await fixture.NewServerAsync();
        await using var owned = server;
        using var lines = new StringContent(
            string.Concat(Enumerable.Range(0, Count).Select(n => $"{{\"id\":\"i-{n}\",\"file\":\"missing\"}}\n")),
            Encoding.UTF8,
            "application/x-ndjson");
        using var posted = await server.Http.PostAsync("/api/v1/messages/batch", lines);
        await posted.Content.ReadAsStringAsync();
        await server.LedgerIsAsync(completed: 0, retrying: Count);

        // What is retried fails again and is back in the list, behind the cursor: nothing is changed twice, and there
        // is an end.
        var first = await ChangeAsync(server, Retry, Everything);
        var second = await ChangeAsync(server, Retry, Everything, first.EndCursor);

        Assert.Equal((1_000, 1_000, true), (first.Matched, first.Changed, first.EndCursor is not null));
        Assert.Equal(new Change(Count - 1_000, Count - 1_000, null), second);
        await Until.TrueAsync(
            async () => (await AttemptsAsync(server)).SequenceEqual(["2"]), "Not every message was tried twice.");
    }

    [Fact]
    public async Task Failures_that_vanish_while_pages_are_read_hide_no_other()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        for (var n = 0; n < 40; n++)
            await server.ReferAsync($"i-{n:00}", n % 2 == 0 ? "comes" : "missing");
        await server.LedgerIsAsync(completed: 0, retrying: 40);
        content.Write("comes", "good");

        var (seen, cursor, _) = await PageAsync(server, null);
        await ChangeAsync(server, Retry, new { item = Enumerable.Range(0, 20).Select(n => $"i-{2 * n:00}") });
        await server.LedgerIsAsync(completed: 20, retrying: 20);
        for (var hasNext = true; hasNext;)
        {
            (var more, cursor, hasNext) = await PageAsync(server, cursor);
            seen.AddRange(more);
        }

        // The first page as it was, then those that are left.
        Assert.Equal(Enumerable.Range(0, 40).Where(n => n < 7 || n % 2 == 1).Select(n => $"i-{n:00}"), seen);
    }

    [Fact]
    public async Task A_part_whose_activity_runs_is_not_begun_again_and_can_be_parked()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        await server.ReferAsync("i", "late");
        await server.LedgerIsAsync(completed: 0, retrying: 1);
        content.Write("late", "slow");

        Assert.Equal(new Change(1, 1, null), await ChangeAsync(server, Retry, Everything));
        await content.HeldAsync();
        Assert.Equal(new Change(1, 0, null), await ChangeAsync(server, Retry, Everything));
        Assert.Equal(new Change(1, 1, null), await ChangeAsync(server, Park, Everything));
        await server.LedgerIsAsync(completed: 0, parked: 1);

        // The run that was parked may end now: it is late, and the next one counts.
        content.Go();
        Assert.Equal(new Change(1, 1, null), await ChangeAsync(server, Retry, Everything));
        await server.LedgerIsAsync(completed: 1);
        Assert.Equal(1, await CountOfAsync(server, "slow"));
    }

    [Fact]
    public async Task A_cursor_that_is_none_is_an_error_of_the_answer()
    {
        var payload = (await fixture.Server.DataAsync(Retry, new { filter = Everything, after =
            "nonsense" })).GetProperty("retry");

        Assert.Equal("cursor_invalid", payload.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("nonsense", payload.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(0, payload.GetProperty("changedCount").GetInt32());
    }

    private static async Task<Change> ChangeAsync(
        RunningServer server, string mutation, object filter, string? after = null)
    {
        var payload = (await server.DataAsync(mutation, after is null ? new { filter } : new { filter, after }))
            .EnumerateObject()
            .Single()
            .Value;
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("error").ValueKind);
        return new Change(
            payload.GetProperty("matchedCount").GetInt32(),
            payload.GetProperty("changedCount").GetInt32(),
            payload.GetProperty("endCursor").GetString());
    }

    private static async Task<int> CountOfAsync(RunningServer server, string kind) =>
        (
            await server.DataAsync(
                "query($kind: JSON!) { aggregate(name: \"verdicts\", group: [$kind]) { count } }", new { kind }))
            .GetProperty("aggregate")
            .GetProperty("count")
            .GetInt32();

    private static async Task<(List<string?> Items, string? Cursor, bool HasNext)> PageAsync(
        RunningServer server, string? after)
    {
        var page = (await server.DataAsync(
            "query($after: String) { failures(first: 7, after: $after) { nodes { itemId } pageInfo { hasNextPage "
            + "endCursor } } }", new { after })).GetProperty("failures");
        var info = page.GetProperty("pageInfo");
        return (
            [.. page.GetProperty("nodes").TextsOf("itemId")],
            info.GetProperty("endCursor").GetString(),
            info.GetProperty("hasNextPage").GetBoolean());
    }

    /// <summary>The different numbers of attempts of all failures.</summary>
    private static async Task<IReadOnlyList<string>> AttemptsAsync(RunningServer server)
    {
        var attempts = new HashSet<string>();
        string? next = null;
        do
        {
            var page = await server.GetAsync("/api/v1/failures?limit=1000" + (next is null ? "" : $"&after={next}"));
            attempts.UnionWith(
                page.GetProperty("failures")
                    .EnumerateArray()
                    .Select(failure => failure.GetProperty("attempts").GetRawText()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return [.. attempts.Order(StringComparer.Ordinal)];
    }

    private sealed record Change(int Matched, int Changed, string? EndCursor);
}

public sealed class SqliteFailureChangeTests(ProcessingFixture fixture)
    : FailureChangeTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresFailureChangeTests(PostgresProcessingFixture fixture)
    : FailureChangeTests(fixture),
        IClassFixture<PostgresProcessingFixture>;
