using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Hosting.Doors;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>The way of messages from a client of the cluster to doors of silos, which the test plays.</summary>
public sealed class RemoteDoorTests
{
    private readonly ConcurrentQueue<(DoorRequest[] Requests, TaskCompletionSource<DoorAnswers> Answer)> calls = new();

    [Fact]
    public async Task Messages_that_come_while_calls_are_under_way_share_the_next_ones()
    {
        var door = New();
        var sent = new List<Task<Receipt>>();
        for (var i = 0; i < 5_000; i++)
            sent.Add(AcceptAsync(door, $"{i}"));
        // Until the routes are known, each partition has a lane of its own.
        await AnswerAllAsync(sent);
        while (calls.TryDequeue(out _))
        {
        }

        sent.Clear();
        for (var i = 0; i < 5_000; i++)
            sent.Add(AcceptAsync(door, $"{i}"));
        await Waiting.UntilAsync(() => calls.Count == DoorLimits.MaxCallsCount);
        Assert.All(calls, static call => Assert.InRange(call.Requests.Length, 1, DoorLimits.MaxCallCount));
        await AnswerAllAsync(sent);
        Assert.Equal(
            Enumerable.Range(0, 5_000).Select(static i => $"{i}"),
            sent.Select(static one => one.Result.Item));
    }

    [Fact]
    public async Task A_lost_silo_costs_a_message_with_a_key_nothing_and_another_one_its_answer()
    {
        var door = New();
        var (keyed, other) = (AcceptAsync(door, "k"), AcceptAsync(door, null));
        await Waiting.UntilAsync(() => calls.Count == 2);
        while (calls.TryDequeue(out var lost))
            lost.Answer.SetException(new SiloUnavailableException("killed"));
        Assert.Equal("silo_lost", (await Assert.ThrowsAsync<TributaryException>(() => other)).Code);
        await AnswerAllAsync([keyed]);
        Assert.Equal("k", (await keyed).Item);
    }

    [Fact]
    public async Task A_call_that_met_no_silo_is_made_again()
    {
        var door = New();
        var other = AcceptAsync(door, null);
        await Waiting.UntilAsync(() => !calls.IsEmpty);
        Assert.True(calls.TryDequeue(out var refused));
        refused.Answer.SetResult(new DoorAnswers("a", [new DoorAnswer(null, "partition_elsewhere", "moves", 0, true)]));
        await AnswerAllAsync([other]);
        Assert.NotNull(await other);
    }

    [Fact]
    public async Task The_error_of_a_silo_reaches_the_producer()
    {
        var door = New();
        var (full, bad) = (AcceptAsync(door, "full"), AcceptAsync(door, "bad"));
        await Waiting.UntilAsync(() => calls.Sum(static call => call.Requests.Length) == 2);
        while (calls.TryDequeue(out var call))
        {
            call.Answer.SetResult(new DoorAnswers("a", Array.ConvertAll(
                call.Requests,
                static request => request.ExternalId == "full"
                    ? new DoorAnswer(null, "overloaded", "full", 2_000, false)
                    : new DoorAnswer(null, "body_not_json", "bad", 0, false))));
        }

        Assert.Equal(
            TimeSpan.FromSeconds(2), (await Assert.ThrowsAsync<OverloadedException>(() => full)).RetryAfter);
        Assert.Equal("body_not_json", (await Assert.ThrowsAsync<TributaryException>(() => bad)).Code);
    }

    [Fact]
    public async Task Messages_beyond_the_limit_are_refused_until_others_are_answered()
    {
        var door = New();
        var sent = Enumerable.Range(0, DoorLimits.MaxWaitingCount).Select(i => AcceptAsync(door, $"{i}")).ToList();
        Assert.Throws<OverloadedException>(() => { _ = AcceptAsync(door, "more"); });
        await AnswerAllAsync(sent);
        await AnswerAllAsync([AcceptAsync(door, "more")]);
    }

    private RemoteDoor New()
    {
        var connection = new ClusterConnection(TimeProvider.System);
        return new RemoteDoor(
            (_, requests, _) =>
            {
                var answer = new TaskCompletionSource<DoorAnswers>(TaskCreationOptions.RunContinuationsAsynchronously);
                calls.Enqueue((requests, answer));
                return answer.Task;
            },
            connection, new Rounds.Partitions.Partitioner(256),
            new MessageIntake(
                null!, new ContributionCalculator([]), new MessageIds(static () => 1), TimeProvider.System,
                new IntakeOptions()),
            TimeProvider.System, isMapped: false, isBulk: false);
    }

    private static Task<Receipt> AcceptAsync(RemoteDoor door, string? key) => door.AcceptAsync(new IntakeRequest
    {
        Source = "test", Body = "{}"u8.ToArray(), ExternalId = key,
    }).AsTask();

    // Answers all calls, which come from one silo, until these messages are answered.
    private Task AnswerAllAsync(List<Task<Receipt>> messages) => Waiting.UntilAsync(() =>
    {
        while (calls.TryDequeue(out var call))
            call.Answer.SetResult(new DoorAnswers("a", Array.ConvertAll(call.Requests, Taken)));
        return messages.TrueForAll(static one => one.IsCompleted);
    });

    private static DoorAnswer Taken(DoorRequest request)
    {
        var receipt = new Receipt(new KnownMessage(
            new MessageId(Guid.CreateVersion7()), request.ExternalId ?? "none", UInt128.Zero, new Position(1)));
        return new DoorAnswer(receipt, null, null, 0, false);
    }
}
