using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tributary.Simulation.Tests.Scenarios;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// What must hold of calls that leave in rows, some of which the database refuses: each good one is made once, and each
/// bad one becomes one failure.
/// </summary>
internal static class ShelfChecks
{
    public static void AllAtRest(ClusterRun run)
    {
        var sent = States(run, "desk", ScenarioJson.Default.DeskState).SelectMany(static pair => pair.State.Sent)
            .ToList();
        var ids = sent.ConvertAll(static sheet => sheet.Id);
        var lost = run.SheetsSent.FirstOrDefault(id => !ids.Contains(id));
        Hold(lost is null, $"The sheet {lost} was taken and is not sent.");
        var refused = ids.Find(run.SheetsRefused.Contains);
        Hold(refused is null, $"The sheet {refused} was refused and is sent.");
        var put = States(run, "shelf", ScenarioJson.Default.ShelfState)
            .SelectMany(static pair => pair.State.Ids.Select(id => (pair.Key, id))).Order().ToList();
        var wanted = sent.Where(static sheet => !sheet.IsBad).Select(static sheet => (sheet.Shelf, sheet.Id)).Order();
        Hold(
            put.SequenceEqual(wanted),
            $"{put.Count} sheets are on shelves, of {sent.Count(static sheet => !sheet.IsBad)} good ones.");
        var failed = run.Database.Failures.Where(static failure => failure.Target.Type == "shelf").ToList();
        var bad = sent.Where(static sheet => sheet.IsBad).ToList();
        Hold(
            failed.Count == bad.Count && bad.TrueForAll(sheet => failed.Exists(failure =>
                Encoding.UTF8.GetString(failure.Arguments.Span).Contains(sheet.Id, StringComparison.Ordinal)
                && failure.Error.StartsWith("refused_by_store", StringComparison.Ordinal))),
            $"The bad sheets are {string.Join(", ", bad)}, and the failures are: {string.Join(
                "; ", failed.Select(f => $"{f.Error} {f.Target} {Encoding.UTF8.GetString(f.Arguments.Span)}"))}.");
    }

    private static IEnumerable<(string Key, T State)> States<T>(ClusterRun run, string type, JsonTypeInfo<T> json) =>
        run.Database.States.Where(pair => pair.Key.Grain.Type == type)
            .Select(pair => (pair.Key.Grain.Key, JsonSerializer.Deserialize(pair.Value.State.Span, json)!));

    private static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
