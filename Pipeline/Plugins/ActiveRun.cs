using System.Threading.Tasks.Sources;
using Tributary.Grains.Items;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>
/// One run of a plugin on one message. The plugin has a pool thread to itself until it returns; the caller has its
/// answer when the plugin has ended, or when it was asked to stop and did not. <see cref="RunWatch"/> decides once
/// which of the two brings the answer.
/// </summary>
internal sealed class ActiveRun(BoundPlugin plugin, PluginContext context, CancellationToken caller)
    : IThreadPoolWorkItem, IValueTaskSource<PluginRun>, IRunClock
{
    private readonly HostedPlugin hosted = plugin.Hosted;
    private readonly CancellationTokenSource stop = new();
    private ManualResetValueTaskSourceCore<PluginRun> answer;
    private CancellationTokenRegistration registration;

    public RunStage Stage { get; set; }

    public StopReason Reason { get; set; }

    /// <summary>True once the run has begun: giving it up costs a thread.</summary>
    public bool HasThread { get; set; }

    /// <summary>When the run began to work, as a time stamp.</summary>
    public long Began { get; set; }

    /// <summary>When the watch looks at the run, as a time stamp.</summary>
    public long DueAt { get; set; }

    /// <summary>The run's place in a list of its watch; moving it from one list to another allocates nothing.</summary>
    public LinkedListNode<ActiveRun> Place => field ??= new LinkedListNode<ActiveRun>(this);

    /// <summary>The next of the runs that are due together.</summary>
    public ActiveRun? NextDue { get; set; }

    /// <summary>To be awaited once.</summary>
    public ValueTask<PluginRun> Start()
    {
        if (caller.CanBeCanceled)
            registration = caller.UnsafeRegister(static run => ((ActiveRun)run!).StopForCaller(), this);
        // On this thread's queue: the run starts here as soon as the caller waits, unless another thread is idle.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        return new ValueTask<PluginRun>(this, answer.Version);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!hosted.Watch.Begin(this))
        {
            End(null);
            return;
        }

        // A plugin that never waits runs entirely here, on the thread that the watch looks after.
        _ = RunAsync();
    }

    /// <summary>
    /// Cancels the plugin's token on a thread of its own: a callback that the plugin registered may block too.
    /// </summary>
    public void RequestStop() =>
        ThreadPool.UnsafeQueueUserWorkItem(static run => run.Cancel(), this, preferLocal: false);

    /// <summary>The grace is over: the caller goes on without the thread. Called by the watch, once.</summary>
    public void GiveUp()
    {
        if (HasThread)
            hosted.GiveUp();
        answer.RunContinuationsAsynchronously = true;
        Answer(null);
    }

    void IRunClock.Stop() => hosted.Watch.Pause(this);

    void IRunClock.Start() => hosted.Watch.Resume(this);

    private async Task RunAsync()
    {
        PluginRun run;
        try
        {
            var result = hosted.Plugin is IWaitingPlugin waiting
                ? await waiting.ExecuteAsync(context, this, stop.Token)
                : await hosted.Plugin.ExecuteAsync(context, stop.Token);
            run = plugin.Evaluate(context, result);
        }
        catch (Exception thrown)
        {
            run = PluginRuns.Failed(thrown);
        }

        End(run);
    }

    private void StopForCaller()
    {
        if (hosted.Watch.Stop(this, StopReason.Caller))
            RequestStop();
    }

    private void Cancel()
    {
        try
        {
            stop.Cancel();
        }
        catch (Exception thrown)
        {
            hosted.Say($"threw when it was cancelled: {ErrorText.LineOf(thrown)}");
        }
    }

    private void End(PluginRun? run)
    {
        if (hosted.Watch.End(this))
            Answer(run);
        else if (HasThread)
            hosted.TakeBack();
    }

    /// <param name="run">Null when the plugin did not end by itself.</param>
    private void Answer(PluginRun? run)
    {
        // Not waited for: a registration that runs now finds the run ended.
        registration.Unregister();
        var isTimeout = Reason == StopReason.TimeLimit && run is not { Error: null };
        if (Reason == StopReason.Caller)
        {
            answer.SetException(new OperationCanceledException(caller));
            return;
        }

        if (isTimeout || run is null)
            run = PluginRuns.Failed(
                "plugin_timeout", $"The plugin took longer than {hosted.TimeLimit.TotalSeconds} s.");
        hosted.Counters.Count(Began, run.Error is not null, isTimeout);
        answer.SetResult(run);
    }

    PluginRun IValueTaskSource<PluginRun>.GetResult(short token) => answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PluginRun>.GetStatus(short token) => answer.GetStatus(token);

    void IValueTaskSource<PluginRun>.OnCompleted(
        Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) => answer.OnCompleted(continuation, state, token, flags);
}
