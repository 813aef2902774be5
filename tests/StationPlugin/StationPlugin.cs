using System.Text.Json;
using OwnHost;
using Tributary.Plugins;

namespace Tributary.Tests.Plugins;

/// <summary>Reports what comes from elsewhere to the station of its item: an ordinary grain of the host.</summary>
public sealed class StationPlugin : IPlugin
{
    public string Name => "station";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["*/*"];

    public async ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        // The grain posts a message for each report, which comes here as well.
        if (context.Message.Source == "stations")
            return PluginResult.Empty;
        var reports = await context.Grains.GetGrain<IStationGrain>($"for {context.Message.Item}").Report(1);
        return new PluginResult { Records = [new PluginRecord(JsonSerializer.SerializeToUtf8Bytes(new { reports }))] };
    }
}
