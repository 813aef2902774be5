using System.Globalization;
using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>One process of the cluster, which is started again whenever it ends, as a supervisor would.</summary>
internal sealed partial class SupervisedNode(string name, TributaryProcess process, bool isSilo)
{
    public string Name => name;

    public bool IsSilo => isSilo;

    public TributaryProcess Process => process;

    /// <summary>False from the moment a harm begins until it is ready again.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>Starts that ended before the node was ready: such as those while the database was away.</summary>
    public int FailedStartsCount { get; private set; }

    /// <summary>The silo of the process's present life.</summary>
    public long Silo => long.Parse(
        Joined().Matches(process.Output)[^1].Groups["silo"].Value, CultureInfo.InvariantCulture);

    /// <summary>True when its present life ended because the others had declared the silo dead.</summary>
    public bool WasDeclaredDead => isSilo && process.HasExited && process.Errors.Contains(
        $"The cluster declared silo {Silo} dead", StringComparison.Ordinal);

    /// <summary>Starts the process again until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        while (true)
        {
            process.Launch();
            try
            {
                await process.WaitUntilReadyAsync(cancellation);
                IsReady = true;
                return;
            }
            catch (InvalidOperationException) when (process.HasExited)
            {
                FailedStartsCount++;
            }
        }
    }

    [GeneratedRegex(@"Joined as silo (?<silo>[0-9]+)\.", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Joined();
}
