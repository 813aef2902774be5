using System.Runtime.CompilerServices;
using Tributary.Plugins;

namespace Tributary.Tests.Plugins;

/// <summary>A plugin that ends the process when the content says so; other content takes it a while.</summary>
public sealed class EndingPlugin : IPlugin
{
    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(300);

    public string Name => "ending";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["text/*"];

    public async ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        using var content = new StreamReader(context.OpenContent());
        switch ((await content.ReadToEndAsync(cancellation)).Trim())
        {
            case "fail fast":
                Environment.FailFast("The plugin ends the process.");
                break;
            case "overflow":
                Deeper(0);
                break;
            case "slow":
                cancellation.WaitHandle.WaitOne(While);
                break;
        }

        cancellation.ThrowIfCancellationRequested();
        return new PluginResult { Records = [new PluginRecord("{}"u8.ToArray(), "")] };
    }

    // The stack ends before the numbers do.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Deeper(int depth) => depth == int.MaxValue ? depth : Deeper(depth + 1) + depth;
}
