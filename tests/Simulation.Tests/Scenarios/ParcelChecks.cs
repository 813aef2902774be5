using System.Text;
using System.Text.Json;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>What must hold of parcels: each is in one status, and what is completed counts once.</summary>
public static class ParcelChecks
{
    /// <summary>In one snapshot, at any time.</summary>
    public static async Task LedgerBalancesAsync(IPlatformRun scenario)
    {
        if (await scenario.ReadLedgerAsync() is { } report)
            Hold(
                report.Total.Balances && report.Total == report.Recounted,
                $"The ledger says {report.Total}, and a recount {report.Recounted}.");
    }

    /// <summary>When everything has come to rest.</summary>
    public static void AllAtRest(IPlatformRun scenario)
    {
        var stored = scenario
            .Database.Messages.Where(message => scenario.Parcels.Sent.ContainsKey(message.Id))
            .ToList();
        var positions = stored.ToDictionary(message => message.Id, message => message.Position);
        foreach (var (id, position) in scenario.Parcels.Acknowledgements)
            Hold(
                positions.GetValueOrDefault(id) == position,
                $"The acknowledged parcel {id} is not at its position {position}.");

        var parts = scenario.Database.Parts.ToDictionary(part => part.Message.Id, part => part.Part);
        var grains = scenario
            .Database.States.Where(pair => pair.Key.Grain.Type == "parcel")
            .ToDictionary(
                pair => pair.Key.Grain.Key,
                pair => JsonSerializer.Deserialize(pair.Value.State.Span, ScenarioJson.Default.ParcelState)!);
        var open = grains.Values.SelectMany(grain => grain.Open).ToDictionary(parcel => parcel.Id);
        Hold(
            parts.Keys.Select(id => id.ToString()).ToHashSet().SetEquals(open.Keys),
            $"What is left of parcels is {Text(parts.Keys)}, and their grains hold {Text(open.Keys)}.");
        Hold(
            parts.Values.All(part => part.Status == MessageStatus.Parked),
            $"A parcel came to rest as {Text(parts.Values.Select(part => part.Status))}.");
        Hold(
            open.Values.All(parcel => parcel.Status == MessageStatus.Parked),
            "A grain believes that a parcel is on its way that is not.");

        var done = stored
            .Where(message => !parts.ContainsKey(message.Id))
            .Select(message => scenario.Parcels.Sent[message.Id])
            .ToList();
        Hold(
            done.TrueForAll(parcel => parcel.Kind == ParcelKind.Plain),
            "A parcel that cannot be applied is completed.");
        Hold(grains.Values.Sum(grain => grain.Count) == stored.Count, "Grains count other parcels than are stored.");
        Hold(
            grains.Values.Sum(grain => grain.DoneCount) == done.Count,
            "Grains count other parcels as done than are completed.");
        Hold(
            grains.Values.Sum(grain => grain.RaisedCount) == scenario.Database.Raised.Count,
            $"{grains.Values.Sum(grain => grain.RaisedCount)} failures were raised, and the feed has "
            + $"{scenario.Database.Raised.Count}.");
        ContributionsCountOnce(scenario, done, positions);
    }

    private static void ContributionsCountOnce(
        IPlatformRun scenario, List<Parcel> done, Dictionary<MessageId, Position> positions)
    {
        var records = scenario.Database.Records.ToDictionary(
            record => record.Key, record => Encoding.UTF8.GetString(record.Json.Span));
        Hold(
            records.Count == done.Count
                && done.TrueForAll(parcel =>
                    records.GetValueOrDefault(parcel.Message.Id.ToString()) == $"{{\"amount\":{parcel.Amount}}}"),
            $"{done.Count} parcels are completed and {records.Count} have records.");
        var outcomes = scenario.Database.Outcomes;
        Hold(
            outcomes.Count == done.Count
                && done.TrueForAll(parcel =>
                    outcomes[positions[parcel.Message.Id]] is [{ Aggregates: [var counter] }]
                    && counter == parcel.Counter),
            $"{done.Count} parcels are completed and {outcomes.Count} have outcomes, or another number of them.");

        var expected = done.GroupBy(parcel => parcel.Counter)
            .ToDictionary(
                group => group.Key, group => new CounterState(group.Count(), group.Sum(parcel => parcel.Amount)));
        var actual = scenario
            .Database.States.Where(pair =>
                pair.Key.Grain.Type == "counter" && pair.Key.Grain.Key.StartsWith("parcels", StringComparison.Ordinal))
            .ToDictionary(
                pair => pair.Key.Grain.Key,
                pair => JsonSerializer.Deserialize(pair.Value.State.Span, ScenarioJson.Default.CounterState)!);
        Hold(
            expected.Count == actual.Count && expected.All(pair => actual.GetValueOrDefault(pair.Key) == pair.Value),
            $"Counters of parcels {Text(actual)} differ from a recount {Text(expected)}.");
    }

    private static string Text<T>(IEnumerable<T> all) =>
        string.Join(", ", all.Select(one => one?.ToString()).Order(StringComparer.Ordinal));

    private static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
