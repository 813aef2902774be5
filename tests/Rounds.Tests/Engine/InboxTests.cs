using Tributary.Messages;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>The inbox under threads that race.</summary>
public sealed class InboxTests
{
    private const int TrialsCount = 3_000;

    [Fact]
    public async Task Once_it_is_closed_and_empty_no_call_slips_in_any_more()
    {
        // Two callers and one who closes, again and again: a call that looks whether the inbox is closed before it is
        // counted is overtaken here.
        var inboxes = Enumerable.Range(0, TrialsCount).Select(_ => new Inbox(new RoundOptions())).ToArray();
        var current = 0;
        using var round = new Barrier(3);
        var callers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var trial = 0; trial < TrialsCount; trial++)
                {
                    while (Volatile.Read(ref current) < trial)
                        Thread.SpinWait(1);
                    CallUntilRefused(inboxes[trial]);
                    round.SignalAndWait();
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var slippedCount = 0;
        for (var trial = 0; trial < TrialsCount; trial++)
        {
            var inbox = inboxes[trial];
            Volatile.Write(ref current, trial);
            for (var i = 0; i < 5 + (trial % 50); i++)
                inbox.TryTake(WorkClass.Calls, out _);
            inbox.Close();
            Interlocked.MemoryBarrier();
            while (inbox.Count != 0)
                inbox.TryTake(WorkClass.Calls, out _);
            // The silo would leave now.
            round.SignalAndWait(TestContext.Current.CancellationToken);
            slippedCount += inbox.TryTake(WorkClass.Calls, out _) ? 1 : 0;
        }

        await Task.WhenAll(callers);
        Assert.Equal(0, slippedCount);
    }

    [Fact]
    public void Count_and_bytes_are_of_what_waits()
    {
        var inbox = new Inbox(new RoundOptions { MaxWaitingCallsCount = 100, MaxWaitingBytes = 1L << 32 });
        for (var i = 0; i < 100; i++)
            inbox.Add(new Nothing(sizeBytes: 30_000_000), i % 2 == 0 ? WorkClass.Calls : WorkClass.Reads);
        Assert.Equal(100, inbox.Count);
        Assert.Equal(3_000_000_000, inbox.Bytes);
        Assert.Throws<OverloadedException>(() => inbox.Add(new Nothing(), WorkClass.Calls));

        for (var left = 99; inbox.TryTake(WorkClass.Calls, out _); left--)
            Assert.Equal(left, inbox.Count);
        Assert.Equal(50, inbox.Count);
        Assert.Equal(1_500_000_000, inbox.Bytes);
        while (inbox.TryTake(WorkClass.Reads, out _))
            continue;
        Assert.Equal(0, inbox.Count);
        Assert.Equal(0, inbox.Bytes);
    }

    private static void CallUntilRefused(Inbox inbox)
    {
        try
        {
            while (true)
                inbox.Add(new Nothing(), WorkClass.Calls);
        }
        catch (OverloadedException)
        {
            // Closed: this caller has its answer.
        }
    }

    private sealed record Size(int SizeBytes) : INeeds
    {
        public IEnumerable<RoundGrainId> Grains => [];

        public ExternalKey? External => null;

        public bool IsNewGrain => false;
    }

    private sealed class Nothing(int sizeBytes = 0) : Input(new RoundGrainId("probe", "a"), new Size(sizeBytes))
    {
        public override void Run(RoundGrain grain)
        {
        }
    }
}
