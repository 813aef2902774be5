using System.Text;
using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Rounds.Orleans.Tests.Cluster;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>
/// The same smoke test through every kind of Orleans reference: of the silo itself, of a client that has registered
/// our references, and of one that has not.
/// </summary>
public abstract class SmokeTests(ClusterFixture fixture)
{
    /// <summary>Who calls.</summary>
    public enum Caller
    {
        Silo,
        TributaryClient,
        PlainClient,
    }

    public static TheoryData<Caller> Callers => new(Enum.GetValues<Caller>());

    [Theory, MemberData(nameof(Callers))]
    public async Task A_message_is_received_read_and_counted(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var item = $"item of {caller}";
        var aggregate = new AggregateKey(7, 0, $"group of {caller}").ToString();
        var message = NewMessage(item, """{"n":1}""", externalId: "first");
        var contribution = new Contribution(
            new RoundGrainId(AggregateKey.GrainType, aggregate), 7, new AggregateDelta(1, [new SumMeasure(1, 5)]));

        var receipt = await grains.GetGrain<IItemGrain>(item).Receive(
            new IncomingMessage(message, [contribution], isNewItem: false));
        Assert.Equal((message.Id, item, false), (receipt.Id, receipt.Item, receipt.IsRepeat));
        Assert.True(receipt.Position > Position.Start);

        // The same external id again is the first message, whoever sends it.
        var again = await grains.GetGrain<IItemGrain>(item).Receive(new IncomingMessage(
            NewMessage(item, """{"n":1}""", externalId: "first"), [contribution], isNewItem: false));
        Assert.Equal((message.Id, receipt.Position, true), (again.Id, again.Position, again.IsRepeat));

        var view = await grains.GetGrain<IItemGrain>(item).Read();
        Assert.Equal((item, 1L, message.Id), (view!.Id, view.Sequence, view.LastMessage));
        var state = await grains.GetGrain<IAggregateGrain>(aggregate).Read();
        Assert.Equal(1, state!.Count);
        Assert.Equal("5", ((SumMeasure)Assert.Single(state.Measures)).Sum.ToString());
        Assert.Null(await grains.GetGrain<IItemGrain>("nobody " + caller).Read());
    }

    [Theory, MemberData(nameof(Callers))]
    public async Task What_failed_is_listed_and_tried_again(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var item = grains.GetGrain<IItemGrain>($"retried item of {caller}");
        MessagePart[] parts = [new("", MessageStatus.Processing, ProcessingStep.Accept)];
        var message = NewMessage($"retried item of {caller}", """{"n":2}""");
        await item.Receive(new IncomingMessage(message, [], isNewItem: false, parts: parts));

        // Its activity fails: see RoundCluster.
        await Waiting.UntilAsync(async () => (await item.Read())!.UnfinishedCount == 1);
        var left = Assert.Single((await item.Read())!.Unfinished);
        Assert.Equal(message.Id, left.Message.Id);
        Assert.Equal("", left.Parts[0].Plugin);
        Assert.StartsWith("no_content: ", left.Parts[0].Error, StringComparison.Ordinal);
        // Given up by now or not, it is parked after this, and nothing but a retry changes that.
        Assert.Empty((await item.Park(new ParkRequest(1))).Parked.Except([""]));
        Assert.Equal(MessageStatus.Parked, (await item.Read())!.Unfinished[0].Parts[0].Status);
        var retried = await item.Retry(new RetryRequest(1));
        Assert.Equal([""], retried.Started);
        Assert.Empty(retried.Running);
    }

    [Theory, MemberData(nameof(Callers))]
    public async Task An_exception_reaches_its_caller_with_its_code_and_leaves_nothing_behind(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var probe = grains.GetGrain<IProbeGrain>($"failing probe of {caller}");
        Assert.Equal(2, await probe.Add(2));

        var error = await Assert.ThrowsAsync<TributaryException>(async () => await probe.Fail("probe_failed"));

        Assert.Equal(("probe_failed", "The probe fails."), (error.Code, error.Message));
        Assert.Equal(2, await probe.Read());
        var item = $"conflict of {caller}";
        await grains.GetGrain<IItemGrain>(item).Receive(
            new IncomingMessage(NewMessage(item, """{"n":1}""", "key"), [], isNewItem: false));
        var conflict = await Assert.ThrowsAsync<TributaryException>(async () => await grains.GetGrain<IItemGrain>(item)
            .Receive(new IncomingMessage(NewMessage(item, """{"n":2}""", "key"), [], isNewItem: false)));
        Assert.Equal("external_id_conflict", conflict.Code);
    }

    [Theory, MemberData(nameof(Callers))]
    public async Task The_request_context_reaches_the_turn_and_goes_with_it(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var probe = grains.GetGrain<IProbeGrain>($"context probe of {caller}");
        RequestContext.Set("tenant", "blue");
        try
        {
            Assert.Equal("blue", await probe.Context("tenant"));
        }
        finally
        {
            RequestContext.Clear();
        }

        Assert.Null(await probe.Context("tenant"));
    }

    [Theory, MemberData(nameof(Callers))]
    public async Task A_one_way_call_runs_without_being_waited_for(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var probe = grains.GetGrain<IProbeGrain>($"told probe of {caller}");
        await probe.Tell(4);
        await grains.GetGrain<IProbeGrain>($"teller of {caller}").AddTo($"told probe of {caller}", 5);

        await Waiting.UntilAsync(async () => await probe.Read() == 9);
    }

    [Theory, MemberData(nameof(Callers))]
    public async Task The_feed_goes_on_from_a_cursor(Caller caller)
    {
        var grains = await fixture.GrainsAsync(caller);
        var item = grains.GetGrain<IItemGrain>($"fed item of {caller}");
        var first = await item.Receive(NewIncoming($"fed item of {caller}", """{"feed":1}"""));
        var second = await item.Receive(NewIncoming($"fed item of {caller}", """{"feed":2}"""));
        var feed = grains.GetGrain<IMessageFeedGrain>($"feed reader of {caller}");

        string? cursor = null;
        await foreach (var entry in feed.Follow("start"))
        {
            cursor = entry.Cursor;
            if (entry.Id == first.Id)
                break;
        }

        // Others write at the same time: what is this item's comes in its order.
        var third = item.Receive(NewIncoming($"fed item of {caller}", """{"feed":3}"""));
        var bodies = new List<(MessageId, string)>();
        await foreach (var entry in feed.Follow(cursor))
        {
            if (entry.Item == $"fed item of {caller}")
                bodies.Add((entry.Id, Encoding.UTF8.GetString(entry.Body)));
            if (bodies.Count == 2)
                break;
        }

        Assert.Equal([(second.Id, """{"feed":2}"""), ((await third).Id, """{"feed":3}""")], bodies);
        var error = await Assert.ThrowsAsync<TributaryException>(async () =>
        {
            await foreach (var entry in feed.Follow("no cursor"))
                Assert.Fail($"The feed went on from nowhere: {entry.Cursor}.");
        });
        Assert.Equal("cursor_invalid", error.Code);
    }

    // Each wait of a reader is a call of its own: all must reach the activation that holds the reader's enumeration.
    [Theory, MemberData(nameof(Callers))]
    public async Task Many_readers_of_one_feed_grain_read_to_the_end(Caller caller)
    {
        const int Readers = 24, Messages = 40;
        var grains = await fixture.GrainsAsync(caller);
        var name = $"item of many readers, {caller}";
        var item = grains.GetGrain<IItemGrain>(name);
        var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync()).ToList();
        var sent = new List<MessageId>();
        for (var i = 1; i <= Messages; i++)
            sent.Add((await item.Receive(NewIncoming(name, $$"""{"many":{{i}}}"""))).Id);

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(sent, read));

        async Task<List<MessageId>> ReadAsync()
        {
            var read = new List<MessageId>();
            await foreach (var entry in grains.GetGrain<IMessageFeedGrain>("many readers").Follow("start"))
            {
                if (entry.Item == name)
                    read.Add(entry.Id);
                if (read.Count == Messages)
                    break;
            }

            return read;
        }
    }

    private static IncomingMessage NewIncoming(string item, string body) =>
        new(NewMessage(item, body), [], isNewItem: false);

    private static Message NewMessage(string item, string body, string? externalId = null) => new()
    {
        Id = new MessageId(Guid.CreateVersion7()),
        Source = "tests",
        Item = item,
        ExternalId = externalId,
        MediaType = "application/json",
        Body = Encoding.UTF8.GetBytes(body),
        ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000),
    };
}

/// <summary>Over SQLite.</summary>
public sealed class SqliteSmokeTests(SqliteClusterFixture fixture) : SmokeTests(fixture),
    IClassFixture<SqliteClusterFixture>;

/// <summary>Over PostgreSQL.</summary>
public sealed class PostgresSmokeTests(PostgresClusterFixture fixture)
    : SmokeTests(fixture), IClassFixture<PostgresClusterFixture>;
