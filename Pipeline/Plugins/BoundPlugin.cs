using Tributary.Grains.Items;
using Tributary.Pipeline.Contributions;
using Tributary.Plugins;
using Tributary.Storage;
using Tributary.Storage.PluginTables;

namespace Tributary.Pipeline.Plugins;

/// <summary>
/// A plugin whose results go to certain generations. Immutable: another registration makes another one.
/// </summary>
/// <param name="fed">The plugin's fed generations, its own among them.</param>
/// <param name="calculators">By the names of the plugin's aggregates.</param>
internal sealed class BoundPlugin(
    HostedPlugin hosted,
    int generation,
    IReadOnlyList<FedGeneration> fed,
    IReadOnlyDictionary<string, ContributionCalculator> calculators,
    IPluginTables tables,
    PluginHostOptions options
) : IActivePlugin
{
    private readonly PluginResultCheck check = new(calculators, options);

    public HostedPlugin Hosted => hosted;

    public string Name => hosted.Facts.Name;

    public string Version => hosted.Facts.Version;

    public int Generation => generation;

    public IReadOnlyList<FedGeneration> Fed => fed;

    public IReadOnlyList<RefusalCount> Refusals =>
        [.. calculators.Values.SelectMany(static calculator => calculator.RefusalCounts)];

    public bool Accepts(string mediaType) => hosted.Facts.MediaTypes.Accepts(mediaType);

    public async ValueTask<PluginRun> RunAsync(PluginContext context, CancellationToken cancellation)
    {
        if (hosted.Unavailable is not null)
            return Unavailable();

        if (hosted.Turns is { } turns)
        {
            await turns.WaitAsync(cancellation);
            try
            {
                // The runs that were in front may have deactivated the plugin.
                return hosted.Unavailable is null ? await RunNowAsync(context, cancellation) : Unavailable();
            }
            finally
            {
                turns.Release();
            }
        }

        return await RunNowAsync(context, cancellation);
    }

    /// <summary>
    /// Checks the result. Runs in the plugin's time and on its thread, because a result's lists may be code of the
    /// plugin.
    /// </summary>
    public PluginRun Evaluate(PluginContext context, PluginResult result)
    {
        try
        {
            return check.Run(context.Message, result);
        }
        catch (TributaryException invalid) when (invalid.Code == PluginResultCheck.Code)
        {
            return PluginRuns.Failed(invalid.Code, invalid.Message);
        }
    }

    private PluginRun Unavailable()
    {
        var reason = hosted.Unavailable ?? throw new InvalidOperationException("The plugin is available.");
        return new PluginRun(PluginResult.Empty, [], reason, MayHelpToRetry: true);
    }

    private async ValueTask<PluginRun> RunNowAsync(PluginContext context, CancellationToken cancellation)
    {
        var run = await new ActiveRun(this, context, cancellation).Start();
        if (run.Error is not null || run.Result.Commands.Count == 0)
            return run;

        var failed = await ApplyAsync(context.Message.Id, run.Result.Commands, cancellation);
        if (failed is null)
            return run;
        hosted.Counters.CountLateFailure();
        return failed;
    }

    /// <summary>Null when the commands are stored, now or before.</summary>
    private async ValueTask<PluginRun?> ApplyAsync(
        MessageId message, IReadOnlyList<PluginCommand> commands, CancellationToken cancellation)
    {
        try
        {
            await tables.ApplyAsync(message, Name, generation, commands, cancellation);
            return null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (StoreException error)
        {
            return PluginRuns.Failed(error.Code, ErrorText.Line(error.Message), mayHelpToRetry: true);
        }
        catch (PluginException error)
        {
            return PluginRuns.Failed("plugin_commands_failed", ErrorText.Line(error.Message), error.MayHelpToRetry);
        }
        catch (Exception error)
        {
            return PluginRuns.Failed("plugin_commands_failed", ErrorText.LineOf(error));
        }
    }
}
