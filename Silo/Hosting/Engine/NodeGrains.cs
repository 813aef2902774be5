using Tributary.Grains.Items;
using Tributary.Pipeline;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>The round grains of this process.</summary>
internal sealed class NodeGrains(SiloConfig config, GeneratedProxies proxies, AfterStart<PluginHost> plugins)
{
    public RoundGrainTypes New()
    {
        var items = new ItemOptions
        {
            Retry = config.Pipeline.Retry, PluginSetNumber = PluginSetNumber, Chance = Random.Shared.NextDouble,
        };
        return new RoundGrainTypes(proxies).AddPlatformGrains(items);
    }

    // No plugin of this process made a result that comes in while the plugins start: no set is newer than that of the
    // result.
    private int PluginSetNumber() => plugins.IsKnown ? plugins.Value.Active.Number : 0;
}
