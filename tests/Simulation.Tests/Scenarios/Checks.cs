using System.Text.Json;
using Tributary.Storage.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>What must hold when everything has come to rest.</summary>
public static class Checks
{
    public static void All(Scenario scenario)
    {
        Stored(scenario);
        MinesWereDefused(scenario);
        ParcelChecks.AllAtRest(scenario);
        scenario.Items.Check(scenario.Database);
    }

    /// <summary>What was promised is stored, once, and what follows from it was done, once.</summary>
    public static void Stored(IPromised run)
    {
        AcknowledgedMessagesAreStoredOnce(run);
        CountersEqualARecount(run);
        ItemsEqualARecount(run);
        AlarmsRangAndWereTallied(run);
        NothingFailed(run);
    }

    private static void AcknowledgedMessagesAreStoredOnce(IPromised scenario)
    {
        var stored = Letters(scenario);
        var positions = stored.ToDictionary(message => message.Id, message => message.Position);
        foreach (var (id, position) in scenario.Promises.Acknowledgements)
            Hold(
                positions.GetValueOrDefault(id) == position,
                $"The acknowledged message {id} is not at its position {position}.");

        Hold(stored.All(message => !scenario.IsPoison(message.Body)), "A message that the database refuses is stored.");
        var keys = stored
            .Select(message => scenario.Promises.Letters[message.Id].Message.ExternalId)
            .Where(key => key is not null)
            .ToList();
        Hold(keys.Distinct().Count() == keys.Count, "Two messages are stored under one external id.");
    }

    private static void CountersEqualARecount(IPromised scenario)
    {
        var expected = Letters(scenario)
            .Select(message => scenario.Promises.Letters[message.Id])
            .GroupBy(letter => letter.Counter)
            .ToDictionary(
                group => group.Key, group => new CounterState(group.Count(), group.Sum(letter => letter.Amount)));
        var actual = States(scenario, "counter", ScenarioJson.Default.CounterState)
            .Where(pair => !pair.Key.StartsWith("parcels", StringComparison.Ordinal)).ToDictionary();
        Hold(
            expected.Count == actual.Count && expected.All(pair => actual.GetValueOrDefault(pair.Key) == pair.Value),
            $"Counters {Text(actual)} differ from a recount {Text(expected)}.");
    }

    private static void ItemsEqualARecount(IPromised scenario)
    {
        var actual = States(scenario, "store", ScenarioJson.Default.StoreState);
        foreach (var item in Letters(scenario).GroupBy(message => message.Item))
        {
            var sequences = item.Select(message => message.ItemSequence).ToList();
            Hold(
                sequences.SequenceEqual(Enumerable.Range(1, sequences.Count).Select(i => (long)i)),
                $"The sequences of {item.Key} are {string.Join(",", sequences)}.");
            Hold(
                actual[item.Key].Count == sequences.Count,
                $"The item {item.Key} counts {actual[item.Key].Count} messages of {sequences.Count}.");
        }
    }

    private static void AlarmsRangAndWereTallied(IPromised scenario)
    {
        var alarms = States(scenario, "alarm", ScenarioJson.Default.AlarmState);
        var tallies = States(scenario, "tally", ScenarioJson.Default.TallyState);
        Hold(
            alarms.Values.Sum(alarm => alarm.SetCount) >= scenario.Promises.AlarmsSetCount,
            "An alarm that was promised is not set.");
        foreach (var (key, alarm) in alarms)
        {
            Hold(
                alarm.SetCount == alarm.RungCount && alarm.RungCount == alarm.DoneCount,
                $"The {key} was set, rang and was done: {alarm}.");
            Hold(!alarm.IsMoving, $"The {key} was moved and never rang: {alarm}.");
            Hold(!alarm.HasExploded, $"A turn of {key} threw and left its state behind.");
            Hold(
                (tallies.GetValueOrDefault("tally of " + key)?.Count ?? 0) == alarm.DoneCount,
                $"The tally of {key} is {tallies.GetValueOrDefault("tally of " + key)} for {alarm.DoneCount}.");
            Hold(!tallies.ContainsKey(key), $"A turn of {key} threw and its call was made.");
        }

        var passed = tallies
            .Where(pair => pair.Key.StartsWith("ripple", StringComparison.Ordinal))
            .Sum(pair => pair.Value.Count);
        var ripples = alarms.Values.Sum(alarm => alarm.RipplesCount);
        Hold(
            passed == ripples * AlarmGrain.RippleLength,
            $"{ripples} chains of {AlarmGrain.RippleLength} calls made {passed} calls.");
    }

    private static void MinesWereDefused(Scenario scenario)
    {
        var mines = States(scenario, "mine", ScenarioJson.Default.MineState).Values;
        Hold(
            mines.Sum(mine => mine.LaidCount) >= scenario.Promises.MinesLaidCount,
            "A mine that was promised is not laid.");
        Hold(
            mines.All(mine => mine.LaidCount == mine.DefusedCount),
            $"Mines were laid and not given up: {string.Join(", ", mines)}.");
    }

    private static List<StoredMessage> Letters(IPromised scenario) =>
        [.. scenario.Database.Messages.Where(message => scenario.Promises.Letters.ContainsKey(message.Id))];

    // But what a database refuses in every row: see ShelfGrain.
    private static void NothingFailed(IPromised scenario)
    {
        var failures = scenario.Database.Failures.Where(failure => failure.Target.Type != "shelf").ToList();
        Hold(
            failures.Count == 0,
            $"There are failures: {string.Join("; ", failures.Select(failure => failure.Error))}");
    }

    private static Dictionary<string, T> States<T>(
        IPromised scenario, string type, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json)
        where T : class =>
        scenario.Database.States.Where(pair => pair.Key.Grain.Type == type)
            .ToDictionary(pair => pair.Key.Grain.Key, pair => JsonSerializer.Deserialize(pair.Value.State.Span, json)!);

    private static string Text<T>(Dictionary<string, T> states) =>
        string.Join(", ", states.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));

    private static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
