using Tributary.Aggregates;
using Tributary.Feed.Changes;
using Tributary.Messages;
using Tributary.Rounds.Orleans.Feed;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>What a silo keeps for a node that listens to it.</summary>
public sealed class ChangeSessionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ManualTime time = new();
    private readonly ChangeWatch watch = new();
    private readonly ChangeSession session;

    public ChangeSessionTests() => session = new ChangeSession(watch, time);

    public void Dispose() => session.Dispose();

    [Fact]
    public async Task Changes_of_watched_keys_are_reported_once_however_many_rounds_made_them()
    {
        session.Change([WatchedKey.OfItem("watched"), WatchedKey.OfGroup(1, "[\"a\"]")], []);
        var listening = session.ListenAsync(Limit);
        Assert.False(listening.IsCompleted);
        watch.Committed(Round("other", "watched"));
        var report = await listening;
        Assert.Equal(["watched"], report.Items);
        Assert.Empty(report.Aggregates);

        watch.Committed(Round("watched"));
        watch.Committed(Round("watched", aggregates: ["1/0/[\"a\"]", "1/60000/[\"a\"]", "2/0/[\"a\"]", "1/0/[\"b\"]"]));
        report = await session.ListenAsync(Limit);
        Assert.Equal(["watched"], report.Items);
        Assert.Equal(["1/0/[\"a\"]", "1/60000/[\"a\"]"], report.Aggregates);
        Assert.False(report.IsCut || report.HasMessages || report.HasFailures);
    }

    [Fact]
    public async Task A_report_without_news_comes_when_the_time_is_over()
    {
        session.Change([WatchedKey.OfItem("a")], []);
        session.Change([], [WatchedKey.OfItem("a")]);
        watch.Committed(Round("a"));
        var listening = session.ListenAsync(Limit);
        Assert.Equal(TimeSpan.Zero, session.Silence);
        Assert.False(listening.IsCompleted);
        await time.FireAsync(Limit, TestContext.Current.CancellationToken);
        var report = await listening;
        Assert.Empty(report.Items);
    }

    [Fact]
    public async Task Raised_failures_are_told_to_all_that_listen()
    {
        var raised = new MessagePart("", MessageStatus.Retrying, ProcessingStep.Query, 1, null, "error")
        {
            IsRaised = true,
        };
        watch.Committed(Round("item", parts: [raised with { IsRaised = false }]));
        watch.Committed(Round("item", parts: [raised]));
        var report = await session.ListenAsync(Limit);
        Assert.True(report is { HasFailures: true, HasMessages: false });
    }

    [Fact]
    public async Task More_changes_than_the_limit_become_one_that_says_that_anything_may_have_changed()
    {
        var items = Enumerable.Range(0, ChangeSession.MaxWaitingCount + 1).Select(static id => $"{id}").ToArray();
        session.Change(items.Select(WatchedKey.OfItem), []);
        watch.Committed(Round(items[1..]));
        Assert.False((await session.ListenAsync(Limit)).IsCut);

        watch.Committed(Round(items));
        var report = await session.ListenAsync(Limit);
        Assert.True(report.IsCut);
        Assert.Empty(report.Items);
        watch.Committed(Round(items[0]));
        Assert.Equal([items[0]], (await session.ListenAsync(Limit)).Items);
    }

    private static RoundCommit Round(params string[] items) => Round(items, []);

    private static RoundCommit Round(string item, string[]? aggregates = null, MessagePart[]? parts = null) =>
        Round([item], aggregates ?? [], parts);

    private static RoundCommit Round(string[] items, string[] aggregates, MessagePart[]? parts = null)
    {
        var round = new RoundCommit { Silo = new SiloId(1), Round = 1, AcceptedBefore = 0 };
        foreach (var item in items)
            round.Parts.Add(new PartsRow(default!, item, parts ?? [], default));
        foreach (var key in aggregates)
            round.States.Add(new StateRow(
                StateTable.Aggregates, new RoundGrainId(AggregateKey.GrainType, key), default, 1, default, true));
        return round;
    }
}
