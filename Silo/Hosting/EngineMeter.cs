using System.Diagnostics.Metrics;

namespace Tributary.Silo.Hosting;

/// <summary>The meter of the engine's instruments.</summary>
internal sealed class EngineMeter : IDisposable
{
    public Meter Meter { get; } = new("Tributary.Rounds");

    public void Dispose() => Meter.Dispose();
}
