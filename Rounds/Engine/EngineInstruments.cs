using System.Diagnostics.Metrics;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Engine;

/// <summary>
/// The gauges of a silo, on the meter of <see cref="RoundEnvironment.Meter"/>. They are read only when a collector
/// asks, from any thread, and cost nothing otherwise. Each incarnation answers for itself.
/// </summary>
internal static class EngineInstruments
{
    // Reminders and results do not wait in the inbox.
    private static readonly (WorkClass Class, string Name)[] Classes =
        [(WorkClass.Calls, "calls"), (WorkClass.Reads, "reads"), (WorkClass.Bulk, "bulk")];

    public static void Add(Meter meter, RoundEngine engine, Inbox inbox, Func<RoundLoop?> loop)
    {
        meter.CreateObservableGauge(
            "tributary.inbox.depth", () => Depths(inbox), "{call}", "Calls that wait for the loop, by class of work.");
        meter.CreateObservableGauge(
            "tributary.inbox.size", () => inbox.Bytes, "By", "Bytes of the calls that wait for the loop.");
        meter.CreateObservableGauge(
            "tributary.activations", () => loop()?.ActivationsCount ?? 0, "{grain}", "Grains in memory.");
        meter.CreateObservableGauge(
            "tributary.partitions", () => loop()?.PartitionsCount ?? 0, "{partition}",
            "Partitions that this silo runs.");
        meter.CreateObservableGauge(
            "tributary.reminders.near", () => loop()?.NearRemindersCount ?? 0, "{reminder}",
            "Reminders and activities in memory: those that are due soon.");
        meter.CreateObservableGauge(
            "tributary.activities", () => engine.ActivityCount, "{activity}",
            "Activities that wait, run, or whose results wait for their turns.");
        meter.CreateObservableGauge(
            "tributary.refusing", () => engine.Refusal is null ? 0 : 1, "{silo}",
            "1 while nothing can be stored and callers are refused.");
    }

    private static IEnumerable<Measurement<int>> Depths(Inbox inbox)
    {
        foreach (var (workClass, name) in Classes)
            yield return new(inbox.CountOf(workClass), new KeyValuePair<string, object?>("class", name));
    }
}
