using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What Orleans promises of calls, for round grains.</summary>
public sealed class CallTests(CallTests.Fixture fixture) : IClassFixture<CallTests.Fixture>
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SmokeTests.Callers), MemberType = typeof(SmokeTests))]
    public async Task A_call_that_waits_is_cancelled_and_its_turn_does_not_run(SmokeTests.Caller caller)
    {
        var probe = (await fixture.GrainsAsync(caller)).GetGrain<IProbeGrain>($"cancelled by {caller}");
        Assert.Equal(1, await probe.AddUnlessCancelled(1, Ending));
        using var cancellation = new CancellationTokenSource();
        var (blocked, waiting) = await BlockAsync(() => probe.AddUnlessCancelled(10, cancellation.Token));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        // From a client the cancellation travels by itself, in front of what the client asks next.
        var teller = (await fixture.GrainsAsync(caller)).GetGrain<ITellerGrain>($"asked by {caller}");
        for (var i = 0; i < 50; i++)
            await teller.Ask();
        ProbeGrain.Gate.Set();
        await blocked;

        Assert.Equal(1, await probe.Read());
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.AddUnlessCancelled(100, over.Token));
        Assert.Equal(1, await probe.Read());
    }

    [Theory, MemberData(nameof(SmokeTests.Callers), MemberType = typeof(SmokeTests))]
    public async Task Call_filters_see_a_call_once_on_each_side(SmokeTests.Caller caller)
    {
        var probe = (await fixture.GrainsAsync(caller)).GetGrain<IProbeGrain>($"filtered for {caller}");
        var key = $"call of {caller}";
        RequestContext.Set(Fixture.Seen, key);
        try
        {
            Assert.Equal(2, await probe.Add(2));
            await Assert.ThrowsAsync<TributaryException>(async () => await probe.Fail("seen"));
        }
        finally
        {
            RequestContext.Clear();
        }

        string[] into = ["in Add", "in Fail: seen"];
        Assert.Equal(into, fixture.Log.Where(entry => entry.Key == key
            && entry.Text.StartsWith("in", StringComparison.Ordinal))
            .Select(static entry => entry.Text));
        if (caller == SmokeTests.Caller.Silo)
        {
            Assert.Equal(["out Add", "out Fail: seen"], fixture.Log
                .Where(entry => entry.Key == key && entry.Text.StartsWith("out", StringComparison.Ordinal))
                .Select(static entry => entry.Text));
        }
    }

    [Fact]
    public async Task A_filter_may_answer_in_the_place_of_the_grain()
    {
        var probe = fixture.Cluster.SiloGrains.GetGrain<IProbeGrain>("answered");
        RequestContext.Set(Fixture.Answer, "77");
        try
        {
            Assert.Equal(77, await probe.Add(2));
        }
        finally
        {
            RequestContext.Clear();
        }

        Assert.Equal(0, await probe.Read());
    }

    [Theory, MemberData(nameof(SmokeTests.Callers), MemberType = typeof(SmokeTests))]
    public async Task An_exception_that_a_filter_sets_reaches_the_caller_of_a_method_without_a_result(
        SmokeTests.Caller caller)
    {
        var probe = (await fixture.GrainsAsync(caller)).GetGrain<IProbeGrain>($"refused for {caller}");
        RequestContext.Set(Fixture.Refuse, "refused_by_filter");
        try
        {
            var error = await Assert.ThrowsAsync<TributaryException>(async () => await probe.AddTo("nobody", 1));
            Assert.Equal("refused_by_filter", error.Code);
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    [Theory, MemberData(nameof(SmokeTests.Callers), MemberType = typeof(SmokeTests))]
    public async Task A_filter_that_fails_like_a_bounced_call_after_the_turn_makes_it_run_once(SmokeTests.Caller caller)
    {
        var probe = (await fixture.GrainsAsync(caller)).GetGrain<IProbeGrain>($"once for {caller}");
        RequestContext.Set(Fixture.BounceAfter, "yes");
        try
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await probe.Add(3));
        }
        finally
        {
            RequestContext.Clear();
        }

        Assert.Equal(3, await probe.Read());
    }

    [Theory, MemberData(nameof(SmokeTests.Callers), MemberType = typeof(SmokeTests))]
    public async Task A_trace_goes_from_the_caller_to_the_turn(SmokeTests.Caller caller)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        var probe = (await fixture.GrainsAsync(caller)).GetGrain<IProbeGrain>($"traced for {caller}");
        await probe.Read();
        ActivitySource.AddActivityListener(listener);
        using var parent = new Activity("the caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await probe.Add(1);
        await Waiting.UntilAsync(() => spans.Any(span => IsAdd(span, ActivityKind.Server)));

        var turn = spans.First(span => IsAdd(span, ActivityKind.Server));
        Assert.Equal(parent.TraceId, turn.TraceId);
        // Up from the turn, whatever the call passed on its way, is the caller.
        var above = turn.ParentSpanId;
        while (above != parent.SpanId)
        {
            var next = Assert.Single(spans, span => span.SpanId == above);
            above = next.ParentSpanId;
        }

        bool IsAdd(Activity span, ActivityKind kind) =>
            span.TraceId == parent.TraceId && span.Kind == kind
                && span.OperationName.EndsWith("/Add", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ordinary_grains_live_beside_round_grains_and_call_them()
    {
        var teller = fixture.Cluster.SiloGrains.GetGrain<ITellerGrain>("teller");

        Assert.Equal(5, await teller.AddTwice("told by an ordinary grain", 2));
    }

    // Waits until the loop is busy with a turn that does not end, and the call waits behind it.
    private async Task<(Task Blocked, Task<int> Waiting)> BlockAsync(Func<Task<int>> call)
    {
        await fixture.Blocking.WaitAsync(Ending);
        try
        {
            ProbeGrain.Gate.Reset();
            var blocked = fixture.Cluster.SiloGrains.GetGrain<IProbeGrain>("blocker").Block().AsTask();
            await Waiting.UntilAsync(() => ProbeGrain.IsBlocking);
            var waiting = call();
            await Waiting.UntilAsync(() => waiting.IsCompleted || fixture.Cluster.Host.WaitingCount > 0);
            return (blocked, waiting);
        }
        finally
        {
            fixture.Blocking.Release();
        }
    }

    /// <summary>A cluster on SQLite whose silo has filters.</summary>
    public sealed class Fixture : ClusterFixture
    {
        public const string Seen = "seen-as";
        public const string Answer = "answer-with";
        public const string Refuse = "refuse-with";
        public const string BounceAfter = "bounce-after";

        private readonly List<(string Key, string Text)> log = [];

        public SemaphoreSlim Blocking { get; } = new(1);

        public IReadOnlyList<(string Key, string Text)> Log
        {
            get
            {
                lock (log)
                    return [.. log];
            }
        }

        public override void Configure(ISiloBuilder silo) =>
            silo.AddActivityPropagation().AddIncomingGrainCallFilter(InAsync).AddOutgoingGrainCallFilter(OutAsync);

        protected override Task<TestDatabase> NewDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());

        private async Task InAsync(IIncomingGrainCallContext context)
        {
            var isProbe = context.InterfaceMethod.DeclaringType == typeof(IProbeGrain);
            if (isProbe && RequestContext.Get(Refuse) is string code)
            {
                context.Response = Response.FromException(new TributaryException(code, "The filter refuses."));
                return;
            }

            if (isProbe && RequestContext.Get(BounceAfter) is not null)
            {
                await context.Invoke();
                // As a call of the filter's own would end that meets no owner.
                throw new PartitionElsewhereException(new PartitionId(0));
            }

            if (isProbe && RequestContext.Get(Answer) is string answer)
            {
                context.Result = int.Parse(answer, System.Globalization.CultureInfo.InvariantCulture);
                return;
            }

            await PassAsync("in", context);
        }

        private Task OutAsync(IOutgoingGrainCallContext context) => PassAsync("out", context);

        private async Task PassAsync(string way, IGrainCallContext context)
        {
            var key = RequestContext.Get(Seen) as string;
            var text = $"{way} {context.MethodName}";
            try
            {
                await context.Invoke();
            }
            catch (TributaryException error)
            {
                text += ": " + error.Code;
                throw;
            }
            finally
            {
                if (key is not null && context.InterfaceMethod.DeclaringType == typeof(IProbeGrain))
                {
                    lock (log)
                        log.Add((key, text));
                }
            }
        }
    }
}
