using Tributary.Grains.Dedupe;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Grains.Replays;
using Tributary.Grains.Tests.Grains;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Items;

/// <summary>What owners make of an activity that ended the process when nothing else ran.</summary>
public sealed class EndedProcessTests
{
    private const string Error = "ended_the_process: The process ended while this ran alone.";

    [Fact]
    public void A_message_is_parked_at_execute_and_a_retry_on_demand_runs_it_again()
    {
        var world = new ItemWorld();
        var sequence = world.Receive();
        world.Deliver(world.Activity(sequence), new ActivityResult(null, Error));
        // The item knows nothing of the message yet: it is looked up, and not run.
        Assert.Equal(Error, world.Order(sequence).Error);
        Assert.Equal(2, world.Activity(sequence).Attempt);
        world.Finish(sequence, message => new ProcessingResult
        {
            Message = message,
            Failure = ProcessingFailure.OfActivity(Error),
        });

        var part = Assert.Single(world.Left(sequence));
        Assert.Equal(
            (MessageStatus.Parked, ProcessingStep.Execute, Error, true),
            (part.Status, part.Step, part.Error, part.IsRaised));
        Assert.False(world.HasActivity(sequence));

        Assert.Equal([""], world.Retry(sequence).Started);
        Assert.Equal(ProcessPayload.Whole, world.Order(sequence));
        world.Deliver(world.Activity(sequence), new ActivityResult(null, Error));
        Assert.Equal(MessageStatus.Parked, world.Status(sequence));
        Assert.False(world.HasActivity(sequence));
    }

    [Fact]
    public void A_delivery_that_was_parked_because_it_ended_the_process_is_only_looked_up()
    {
        var world = new ItemWorld();
        var parked = new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, Attempts: 1, Error: Error)
        {
            IsRaised = true,
        };

        var sequence = world.Receive(parked);

        Assert.Equal(Error, world.Order(sequence).Error);
        Assert.Equal(
            ProcessPayload.Whole with { IsParked = true },
            world.Order(world.Receive(parked with { Error = "field_missing: No." })));
    }

    [Fact]
    public async Task A_replay_stands_still_until_it_is_started_again()
    {
        var turn = new FakeTurn(ReplayGrain.GrainType, "by-group");
        var grain = turn.Attach(new ReplayGrain(ReplayOptions.Default));
        await grain.Start(new ReplayRequest(2));
        var attempt = turn.Reminders[ReplayGrain.Slice].Attempt;
        turn.Reminders.Clear();

        await grain.OnActivity(ReplayGrain.Slice, attempt, new ActivityResult(null, Error));

        var progress = Assert.Single(await grain.Read());
        Assert.Equal((ReplayStatus.Failed, Error), (progress.Status, progress.Error));
        Assert.Empty(turn.Reminders);
        Assert.Equal(ReplayStatus.Running, (await grain.Start(new ReplayRequest(2))).Status);
        Assert.True(turn.Reminders.ContainsKey(ReplayGrain.Slice));
    }

    [Fact]
    public async Task The_removal_of_external_ids_waits_for_the_next_day()
    {
        var turn = new FakeTurn(DedupeGrain.GrainType, DedupeGrain.TheKey);
        var grain = turn.Attach(new DedupeGrain());
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        turn.Reminders.Remove(DedupeGrain.Cut);

        await grain.OnActivity(DedupeGrain.Cut, 1, new ActivityResult(null, Error));

        Assert.Equal([DedupeGrain.Daily], turn.Reminders.Keys);
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        Assert.Equal(2, turn.Reminders[DedupeGrain.Cut].Attempt);
    }
}
