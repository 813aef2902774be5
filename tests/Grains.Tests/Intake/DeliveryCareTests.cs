using System.Text;
using Tributary.Connectors;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Messages;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;

namespace Tributary.Grains.Tests.Intake;

/// <summary>Deliveries that end the process when they are taken, and those that only came at the same time.</summary>
public sealed class DeliveryCareTests
{
    private const string Poison = """{"poison":1}""";

    private readonly DeliveryNotesInMemory notes = new();
    private readonly HoldingSilo silo = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_that_ends_the_process_is_parked_when_it_was_alone_and_its_bystanders_are_stored()
    {
        // The process ends while it is taken: it is never answered, and only the notes are left.
        silo.Hold("poison");
        foreach (var (life, noted) in new[] { (1, Array.Empty<(int, bool)>()), (2, [(2, false)]), (3, [(3, true)]) })
        {
            var listener = await StartAsync(isAfterCrash: life > 1);
            var bystanders = Enumerable
                .Range(0, 3)
                .Select(i => Receive(listener, $$"""{"n":{{i}}}""", life > 1))
                .ToList();
            Assert.All(await Task.WhenAll(bystanders), answer => Assert.IsType<Reception.Stored>(answer));
            var poison = Receive(listener, Poison, life > 1);
            await silo.TakenAsync("poison", life);

            Assert.False(poison.IsCompleted);
            Assert.Equal(noted, notes.Rows.Values.Select(start => (start.StartsCount, start.IsAlone)));
        }

        Assert.IsType<Reception.Stored>(
            await Receive(await StartAsync(isAfterCrash: true), Poison, isRedelivered: true));

        var parked = silo.Sent[^1];
        var part = Assert.Single(parked.Parts);
        Assert.Equal((MessageStatus.Parked, ProcessingStep.Accept, true), (part.Status, part.Step, part.IsRaised));
        Assert.StartsWith("ended_the_process: ", part.Error, StringComparison.Ordinal);
        Assert.Equal(Poison, Encoding.UTF8.GetString(UnparsedEnvelope.ReadRaw(parked.Message.Body.Span)));
        Assert.Empty(notes.Rows);
    }

    [Fact]
    public async Task One_that_was_taken_twice_is_taken_alone_and_is_stored()
    {
        var innocent = silo.Hold("innocent");
        _ = Receive(await StartAsync(isAfterCrash: true), """{"innocent":1}""", isRedelivered: true);
        await silo.TakenAsync("innocent", 1);

        var before = silo.Hold("before");
        var listener = await StartAsync(isAfterCrash: true);
        var first = Receive(listener, """{"before":1}""", isRedelivered: false);
        var suspect = Receive(listener, """{"innocent":1}""", isRedelivered: true);
        var later = Receive(listener, """{"later":1}""", isRedelivered: false);
        Assert.Equal((1, 0), (silo.CountOf("innocent"), silo.CountOf("later")));

        before.SetResult();
        await silo.TakenAsync("innocent", 2);
        Assert.Equal(0, silo.CountOf("later"));
        Assert.Equal((3, true), notes.Rows.Values.Select(start => (start.StartsCount, start.IsAlone)).Single());

        innocent.SetResult();
        Assert.All(await Task.WhenAll(first, suspect, later), answer => Assert.IsType<Reception.Stored>(answer));
        Assert.Empty(notes.Rows);
    }

    [Fact]
    public async Task One_that_gives_up_waiting_lets_those_behind_it_in()
    {
        _ = silo.Hold("innocent");
        _ = Receive(await StartAsync(isAfterCrash: true), """{"innocent":1}""", isRedelivered: true);
        await silo.TakenAsync("innocent", 1);
        var before = silo.Hold("before");
        var listener = await StartAsync(isAfterCrash: true);
        var first = Receive(listener, """{"before":1}""", isRedelivered: false);
        using var stopping = new CancellationTokenSource();
        var suspect = listener
            .ReceiveAsync(Delivery("""{"innocent":1}""", isRedelivered: true), stopping.Token)
            .AsTask();
        var later = Receive(listener, """{"later":1}""", isRedelivered: false);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => suspect);
        Assert.IsType<Reception.Stored>(await later);
        before.SetResult();
        Assert.IsType<Reception.Stored>(await first);
    }

    [Fact]
    public async Task After_an_end_in_order_nothing_is_noted_and_old_notes_are_gone()
    {
        notes.Rows.Add(("broker", 7), new("broker", 7, 3, IsAlone: true));

        Assert.IsType<Reception.Stored>(
            await Receive(await StartAsync(isAfterCrash: false), "{}", isRedelivered: true));

        Assert.Empty(notes.Rows);
        Assert.Equal(0, notes.WritesCount);
    }

    [Fact]
    public async Task What_comes_for_the_first_time_is_not_noted()
    {
        Assert.IsType<Reception.Stored>(
            await Receive(await StartAsync(isAfterCrash: true), "{}", isRedelivered: false));

        Assert.Equal(0, notes.WritesCount);
    }

    [Fact]
    public async Task A_delivery_that_is_stored_is_answered_although_its_note_cannot_be_removed()
    {
        notes.FailsFrom = 2;

        Assert.IsType<Reception.Stored>(await Receive(await StartAsync(isAfterCrash: true), "{}", isRedelivered: true));

        Assert.Equal(2, Assert.Single(notes.Rows).Value.StartsCount);
    }

    [Fact]
    public async Task Notes_that_come_together_are_written_together()
    {
        var listener = await StartAsync(isAfterCrash: true);
        notes.Gate = new TaskCompletionSource();
        var all = Enumerable
            .Range(0, 50)
            .Select(i => Receive(listener, $$"""{"n":{{i}}}""", isRedelivered: true))
            .ToList();
        notes.Gate.SetResult();

        Assert.All(await Task.WhenAll(all), answer => Assert.IsType<Reception.Stored>(answer));
        // The first, and the 49 that came while it was written, before any of them is removed.
        Assert.Equal([1, 49], notes.NotedCounts.Take(2));
        Assert.Empty(notes.Rows);
    }

    private async Task<Listener> StartAsync(bool isAfterCrash)
    {
        var care = await DeliveryCare.OpenAsync(notes, isAfterCrash, (_, _) => Task.CompletedTask, Cancellation);
        var intake = new MessageIntake(
            silo, Calculations.Calculator(), new MessageIds(() => 7), new FixedTime(), new IntakeOptions());
        return new Listener(intake, "broker", null, null, (_, _) => Task.CompletedTask, care);
    }

    private static Task<Reception> Receive(Listener listener, string text, bool isRedelivered) =>
        listener.ReceiveAsync(Delivery(text, isRedelivered), Cancellation).AsTask();

    private static Delivery Delivery(string text, bool isRedelivered) =>
        new(Encoding.UTF8.GetBytes(text), "application/json") { IsRedelivered = isRedelivered };
}
