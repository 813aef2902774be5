using System.Diagnostics.Metrics;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>Owns the meter of the engine's instruments.</summary>
internal sealed class SiloInstruments : IDisposable
{
    public Meter Meter { get; } = new Meter("Tributary.Rounds");

    public void Dispose() => Meter.Dispose();
}
