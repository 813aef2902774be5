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

        // A program may have ended for a reason that is not this message's: it gets one more try, with a new program.
        var (result, first) = await AskAsync(workers, request, id, clock, cancellation);
        if (result is not null)
            return result;
        (result, var second) = await AskAsync(workers, request, id, clock, cancellation);
        // Two ends are this message's doing; when others ended it just before, the program itself may be broken, and
        // repaired later.
        return result
            ?? throw new PluginException(
                $"The program ended without an answer, and again when it was started anew ({first}; {second}).",
                mayHelpToRetry: workers.CrashesCount > 2);
    }

    public ValueTask DisposeAsync() => pool?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The result, or how the program ended instead.</summary>
    private static async ValueTask<(PluginResult? Result, string? Ended)> AskAsync(
        ExecPool workers, ReadOnlyMemory<byte> request, long id, IRunClock clock, CancellationToken cancellation)
    {
        // A program that has ended often is started after a delay, which is none of this message's time.
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
            // An answer too: the program goes on.
            answered = true;
            throw;
        }
        catch (InvalidDataException wrong)
        {
            // Whose answer the next line would be is not known any more.
            worker.Kill();
            workers.CountCrash();
            throw new PluginException(
                $"The program's answer cannot be used: {wrong.Message}", mayHelpToRetry: false, wrong);
        }
        finally
        {
            // The end of a program is waited for, and is none of its time either.
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
