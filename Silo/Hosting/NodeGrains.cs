using Tributary.Grains.Items;
using Tributary.Pipeline;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

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

    // Results that come in while the plugins start were made by none of theirs: no set is newer than that.
    private int PluginSetNumber() => plugins.IsKnown ? plugins.Value.Active.Number : 0;
}
