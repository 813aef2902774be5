using System.Text.Json;
using Tributary.Pipeline.Plugins;

namespace Tributary.Plugins.Exec;

/// <summary>
/// A plugin in any language: a pool of running programs that speak JSON lines. See <c>docs/plugins.md</c>.
/// </summary>
internal sealed class ExecPlugin(ExecSettings settings, ExecServices services) : IWaitingPlugin, IAsyncDisposable
{
    private ExecPool? pool;
    private JsonElement configuration;
    private long lastId;

    public string Name => settings.Name;

    public string Version => settings.Version;

    public IReadOnlyList<string> MediaTypes => settings.MediaTypes;

    public JsonElement? Aggregates => settings.Aggregates;

    public ValueTask StartAsync(PluginSetup setup, CancellationToken cancellation)
    {
        configuration = setup.Configuration;
        pool = new ExecPool(settings, setup.Folder, services.Time, setup.Log);
        pool.Warm();
        return ValueTask.CompletedTask;
    }

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation) =>
        ExecuteAsync(context, NoClock.Instance, cancellation);

    /// <inheritdoc/>
    public async ValueTask<PluginResult> ExecuteAsync(
        PluginContext context, IRunClock clock, CancellationToken cancellation)
    {
        var workers = pool ?? throw new InvalidOperationException("The plugin has not been started.");
        using var content = await ContentFile.OfAsync(context, services, cancellation);
        var id = Interlocked.Increment(ref lastId);
        var request = ExecRequest.Write(id, context, content.Path, configuration);

        // The program may have ended for a reason other than this message: the message
        // gets one more try in a new program.
        var (result, first) = await AskAsync(workers, request, id, clock, cancellation);
        if (result is not null)
            return result;
        (result, var second) = await AskAsync(workers, request, id, clock, cancellation);
        // Two ends in a row are this message's doing. When other messages ended the program just before, the program
        // itself may be broken and repaired later.
        return result
            ?? throw new PluginException(
                $"The program ended without an answer, and again when it was started anew ({first}; {second}).",
                mayHelpToRetry: workers.CrashesCount > 2);
    }

    public ValueTask DisposeAsync() => pool?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The result, or how the program ended instead of answering.</summary>
    private static async ValueTask<(PluginResult? Result, string? Ended)> AskAsync(
        ExecPool workers, ReadOnlyMemory<byte> request, long id, IRunClock clock, CancellationToken cancellation)
    {
        // A program that ended often starts after a delay, which does not count as this message's time.
        clock.Stop();
        var worker = await workers.TakeAsync(cancellation);
        clock.Start();
        var answered = false;
        try
        {
            if (await worker.AskAsync(request, cancellation) is not { } line)
            {
                workers.CountCrash();
                return (null, await worker.EndedAsync(cancellation));
            }

            var result = ExecAnswer.Read(line, id);
            answered = true;
            return (result, null);
        }
        catch (PluginException)
        {
            // A reported failure is an answer too: the program goes on.
            answered = true;
            throw;
        }
        catch (InvalidDataException wrong)
        {
            // The next line could be the answer to this request or to another: only a new program is safe.
            worker.Kill();
            workers.CountCrash();
            throw new PluginException(
                $"The program's answer cannot be used: {wrong.Message}", mayHelpToRetry: false, wrong);
        }
        finally
        {
            // Waiting for the program's end does not count as the message's time either.
            if (!answered)
                clock.Stop();
            await workers.GiveBackAsync(worker, answered);
        }
    }

    private sealed class NoClock : IRunClock
    {
        public static NoClock Instance { get; } = new();

        public void Stop()
        {
        }

        public void Start()
        {
        }
    }
}
