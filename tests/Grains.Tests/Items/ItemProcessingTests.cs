using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Processing;
using Tributary.Plugins;
using Tributary.Replays;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

public sealed class ItemProcessingTests
{
    private readonly ItemWorld world = new();

    [Fact]
    public void A_message_to_be_processed_starts_one_activity_with_the_message_in_hand()
    {
        var sequence = world.Receive();
        var activity = world.Activity(sequence);
        Assert.Equal((ProcessActivity.Name, 1, 0), (activity.Activity, activity.Attempt, activity.Payload.Length));
        Assert.Same(world.Turn.Appended[0], activity.Local);
        Assert.Equal(MessageStatus.Processing, world.Status(sequence));
        Assert.Null(((ItemState)((IStateful)world.Grain).State!).Left);
    }

    [Fact]
    public void A_result_becomes_records_contributions_and_outcomes_and_completes_the_message()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Good("sizes"), Good("hashes")));

        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
        Assert.Equal(["sizes", "hashes"], world.Turn.Records.Select(record => record.Record.Key));
        Assert.Equal(2, world.Turn.Applied.Count);
        Assert.Equal(2, world.Turn.Outcomes.Count);
        Assert.False(world.HasActivity(sequence));
        Assert.Null(((ItemState)((IStateful)world.Grain).State!).Left);
    }

    [Fact]
    public async Task What_a_replay_made_is_added_unless_the_messages_own_turn_will_do_it()
    {
        var done = world.Receive();
        world.Finish(done, message => Ran(message, Good("hashes"), Bad("sizes")));
        ReplayedRun Run(string plugin) => new(
            plugin, 9, "item-1", world.Reference(done), [new PluginRecord("{}"u8.ToArray(), "replayed")],
            [new Contribution(new RoundGrainId("aggregate", "8/0/[]"), 8, new AggregateDelta(1, []))]);
        var (records, applied) = (world.Turn.Records.Count, world.Turn.Applied.Count);

        await world.Grain.ApplyReplayed(Run("sizes"));
        Assert.Equal((records, applied), (world.Turn.Records.Count, world.Turn.Applied.Count));
        await world.Grain.ApplyReplayed(Run("hashes"));
        Assert.Equal((9, "replayed"), (world.Turn.Records[^1].Record.Generation, world.Turn.Records[^1].Record.Key));
        Assert.Equal("8/0/[]", world.Turn.Applied[^1].Key);
        Assert.Equal(
            (9, "8/0/[]"),
            (world.Turn.Outcomes[^1].Outcomes[0].Generation, world.Turn.Outcomes[^1].Outcomes[0].Aggregates[0]));
        var skipped = world.Receive();
        world.Finish(skipped, message => Ran(message));
        await world.Grain.ApplyReplayed(Run("hashes") with { Message = world.Reference(skipped) });
        Assert.Equal(applied + 1, world.Turn.Applied.Count);
    }

    [Fact]
    public void A_result_is_added_to_every_generation_that_is_fed_with_its_own_aggregates()
    {
        var sequence = world.Receive();
        var run = Good("sizes").Run;
        Contribution Of(int generation) =>
            run.Contributions[0] with
            {
                Generation = generation,
                Aggregate = new RoundGrainId("aggregate", $"{generation}/0/[]"),
            };
        world.Finish(sequence, message =>
            Ran(
                message,
                new PluginOutcome("sizes", 20, run with { Contributions = [Of(11), Of(21)] })
                {
                    Fed = [new FedGeneration(10, [11]), new FedGeneration(20, [21])],
                }));

        Assert.Equal([10, 20], world.Turn.Records.Select(record => record.Record.Generation));
        Assert.Equal(["11/0/[]", "21/0/[]"], world.Turn.Applied.Select(one => one.Key));
        Assert.Equal(
            [(10, "11/0/[]"), (20, "21/0/[]")],
            world.Turn.Outcomes.Select(one => (one.Outcomes[0].Generation, one.Outcomes[0].Aggregates[0])));
    }

    [Fact]
    public void A_message_that_no_plugin_accepts_is_skipped_and_can_be_retried()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message));
        Assert.Equal(MessageStatus.Skipped, world.Status(sequence));

        Assert.Equal([""], world.Retry(sequence).Started);
        Assert.Equal(MessageStatus.Retrying, world.Status(sequence));
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }

    [Fact]
    public void Of_skipped_messages_the_newest_can_be_retried()
    {
        var sequences = Enumerable.Range(0, 4).Select(_ => world.Receive()).ToList();
        foreach (var sequence in sequences)
            world.Finish(sequence, message => Ran(message));
        Assert.Equal([true, true, false, false], sequences.Select(sequence => world.Retry(sequence).IsNothingLeft));
    }

    [Fact]
    public void What_is_not_there_yet_is_fetched_again_later_and_later_until_it_is_given_up()
    {
        var sequence = world.Receive();
        var waits = new List<double>();
        var start = world.Turn.Now;
        while (world.HasActivity(sequence))
        {
            waits.Add((world.Activity(sequence).Due - world.Turn.Now).TotalSeconds);
            world.Finish(sequence, message =>
                Failed(message, ProcessingStep.Query, ConnectorFault.Missing, "content_missing: Nothing at 'x'."));
            if (world.HasActivity(sequence))
                Assert.Equal(MessageStatus.Retrying, world.Status(sequence));
        }

        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600], waits.Take(13));
        Assert.Equal(TimeSpan.FromDays(7), world.Turn.Now - start);
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        var part = Assert.Single(world.Left(sequence));
        Assert.Equal((ProcessingStep.Query, waits.Count, true), (part.Step, part.Attempts, part.IsRaised));
        Assert.StartsWith("content_missing:", part.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_will_never_be_given_is_parked_at_once()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        Assert.False(world.HasActivity(sequence));
    }

    [Fact]
    public void One_plugins_failure_is_its_own_and_the_others_results_stand()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Good("sizes"), Bad("exif"), Bad("hashes", mayHelp: true)));

        Assert.Equal(["sizes"], world.Turn.Records.Select(record => record.Record.Key));
        Assert.Equal(
            [("exif", MessageStatus.Parked), ("hashes", MessageStatus.Retrying)],
            world.Left(sequence).Select(part => (part.Plugin, part.Status)));
        Assert.Equal(MessageStatus.Retrying, world.Status(sequence));
        Assert.Equal(["hashes"], world.Order(sequence).Plugins);

        world.Finish(sequence, message => Ran(message, Good("hashes")));
        Assert.Equal(["sizes", "hashes"], world.Turn.Records.Select(record => record.Record.Key));
        Assert.Equal(
            ("exif", MessageStatus.Parked, false),
            world.Left(sequence).Select(part => (part.Plugin, part.Status, part.IsRaised)).Single());
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));

        world.Retry(sequence, "exif");
        world.Finish(sequence, message => Ran(message, Good("exif")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
        Assert.Equal(3, world.Turn.Applied.Count);
    }

    [Fact]
    public void A_query_that_fails_during_one_plugins_retry_leaves_the_others_done()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Good("sizes"), Bad("exif", mayHelp: true)));
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Unavailable));
        var part = Assert.Single(world.Left(sequence));
        Assert.Equal(("exif", ProcessingStep.Query, MessageStatus.Retrying), (part.Plugin, part.Step, part.Status));
        Assert.Equal(["exif"], world.Order(sequence).Plugins);
    }

    [Fact]
    public void Plugins_that_failed_together_are_tried_again_together()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("a", mayHelp: true), Bad("b", mayHelp: true), Bad("c")));
        Assert.Equal(["a", "b"], world.Order(sequence).Plugins);
    }

    [Fact]
    public void A_plugin_that_runs_no_more_is_parked_and_one_that_accepts_no_more_is_done()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("gone", mayHelp: true), Bad("other", mayHelp: true)));
        world.Finish(sequence, message =>
            Ran(
                message,
                new PluginOutcome("gone", 0, new PluginRun(PluginResult.Empty, [], "plugin_inactive: It runs not."))));
        Assert.Equal([("gone", MessageStatus.Parked)], world.Left(sequence).Select(part => (part.Plugin, part.Status)));
    }

    [Fact]
    public void Two_retries_at_once_start_it_once()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Refused));

        Assert.Equal([""], world.Retry(sequence).Started);
        var first = world.Activity(sequence);
        var second = world.Retry(sequence);
        Assert.Empty(second.Started);
        Assert.Equal([""], second.Running);
        Assert.Same(first, world.Activity(sequence));

        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.True(world.Retry(sequence).IsNothingLeft);
        Assert.Single(world.Turn.Records);
    }

    [Fact]
    public void A_retry_on_demand_comes_before_its_time_and_begins_the_backoff_anew()
    {
        var sequence = world.Receive();
        for (var i = 0; i < 8; i++)
            world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing));
        world.Retry(sequence);
        Assert.Equal(world.Turn.Now, world.Activity(sequence).Due);
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing));
        Assert.Equal(TimeSpan.FromSeconds(1), world.Activity(sequence).Due - world.Turn.Now);
        Assert.Equal(9, Assert.Single(world.Left(sequence)).Attempts);
    }

    [Fact]
    public void Parking_stops_a_retry_and_makes_its_result_late()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Failed(message, ProcessingStep.Query, ConnectorFault.Missing));
        var running = world.Activity(sequence);

        Assert.Equal([""], world.Park(sequence).Parked);
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        Assert.False(world.HasActivity(sequence));
        world.Deliver(
            running, new ActivityResult(Ran(world.Reference(sequence), Good("sizes")) with { SetNumber = 1 }, null));
        Assert.Empty(world.Turn.Records);
        Assert.Empty(world.Park(sequence).Parked);
        Assert.Equal([""], world.Retry(sequence).Started);
    }

    [Fact]
    public void A_retry_of_one_part_while_another_runs_runs_both_and_counts_each_once()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("parked"), Bad("retrying", mayHelp: true)));
        var running = world.Activity(sequence);
        world.Turn.Now = running.Due;

        world.Retry(sequence, "parked");
        Assert.Equal(["parked", "retrying"], world.Order(sequence).Plugins);
        world.Deliver(
            running, new ActivityResult(Ran(world.Reference(sequence), Good("retrying")) with { SetNumber = 1 }, null));
        world.Finish(sequence, message => Ran(message, Good("parked"), Good("retrying")));
        Assert.Equal(["parked", "retrying"], world.Turn.Records.Select(record => record.Record.Key));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }

    [Fact]
    public void A_result_of_an_earlier_set_of_plugins_is_run_again()
    {
        var sequence = world.Receive();
        var first = world.Activity(sequence);
        world.SetNumber = 2;
        world.Deliver(
            first,
            new ActivityResult(
                Ran(world.Reference(sequence), Good("sizes")) with
                {
                    SetNumber = 1,
                    Local = first.Local,
                },
                null));

        Assert.Empty(world.Turn.Records);
        Assert.Empty(world.Turn.Parts);
        Assert.Equal(2, world.Activity(sequence).Attempt);
        Assert.Same(first.Local, world.Activity(sequence).Local);
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
        Assert.Single(world.Turn.Records);
    }

    [Fact]
    public void A_result_that_was_counted_by_earlier_definitions_is_made_again()
    {
        var sequence = world.Receive();
        world.Turn.Definitions = 7;
        world.Deliver(
            world.Activity(sequence),
            new ActivityResult(
                Ran(world.Reference(sequence), Good("sizes")) with { SetNumber = world.SetNumber, Definitions = 6 },
                null));

        Assert.Empty(world.Turn.Records);
        Assert.Equal(2, world.Activity(sequence).Attempt);
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
        Assert.Single(world.Turn.Records);
    }

    [Fact]
    public void A_message_that_was_counted_by_earlier_definitions_is_refused_and_one_counted_by_later_ones_is_taken()
    {
        world.Turn.Definitions = 7;

        var error = Assert.Throws<TributaryException>(() => world.Receive(definitions: 6));

        Assert.Equal(ItemGrain.DefinitionsOutdated, error.Code);
        Assert.Empty(world.Turn.Appended);
        world.Receive(definitions: 7);
        world.Receive(definitions: 8);
        world.Receive(definitions: IncomingMessage.AnyDefinitions);
        Assert.Equal(3, world.Turn.Appended.Count);
    }

    [Fact]
    public void A_retry_made_by_an_earlier_set_is_run_again_for_the_same_parts()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Good("sizes"), Bad("exif", mayHelp: true)));
        var running = world.Activity(sequence);
        world.Turn.Now = running.Due;
        world.SetNumber = 2;
        world.Deliver(
            running, new ActivityResult(Ran(world.Reference(sequence), Good("exif")) with { SetNumber = 1 }, null));
        Assert.Equal(["exif"], world.Order(sequence).Plugins);
        world.Finish(sequence, message => Ran(message, Good("exif")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }

    [Fact]
    public void A_result_that_could_not_be_applied_parks_the_message_without_a_second_look_at_it()
    {
        var sequence = world.Receive();
        world.Deliver(world.Activity(sequence), new ActivityResult(null, "refused_by_store: The database refused it."));
        Assert.Equal("refused_by_store: The database refused it.", world.Order(sequence).Error);
        world.Finish(sequence, message =>
            Failed(
                message,
                ProcessingStep.Apply,
                ConnectorFault.Refused,
                world.Turn.Parts.Count == 0 ? "refused_by_store: The database refused it." : "x"));
        var part = Assert.Single(world.Left(sequence));
        Assert.Equal((MessageStatus.Parked, ProcessingStep.Apply), (part.Status, part.Step));
    }

    [Fact]
    public void A_retry_whose_result_could_not_be_applied_parks_its_parts_alone()
    {
        var sequence = world.Receive();
        world.Finish(sequence, message => Ran(message, Bad("a"), Bad("b", mayHelp: true)));
        world.Turn.Now = world.Activity(sequence).Due;
        world.Deliver(world.Activity(sequence), new ActivityResult(null, "refused_by_store: The database refused it."));
        Assert.Equal(
            [("a", ProcessingStep.Execute, false), ("b", ProcessingStep.Apply, true)],
            world.Left(sequence).Select(part => (part.Plugin, part.Step, part.IsRaised)));
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
    }

    [Fact]
    public void A_message_that_cannot_be_read_back_waits_and_stays_as_it_is()
    {
        var sequence = world.Receive();
        for (var i = 0; i < 100; i++)
            world.Finish(sequence, _ => new ProcessingResult
            {
                Failure = ProcessingFailure.Of(
                    ProcessingStep.Query, ConnectorFault.Unavailable, "store_transient: Away."),
            });
        Assert.Empty(world.Turn.Parts);
        Assert.Equal(TimeSpan.FromMinutes(1), world.Activity(sequence).Due - world.Turn.Now);
        world.Finish(sequence, message => Ran(message, Good("sizes")));
        Assert.Equal(MessageStatus.Completed, world.Status(sequence));
    }
}
