using System.Text;
using Tributary.Messages;
using Tributary.Storage;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// A producer and reader that does what such do: sends, sends again when it is not answered, and reads what it was
/// told.
/// </summary>
public sealed class Client(Scenario scenario, int number)
{
    private readonly Random random = scenario.World.Random;
    private int sentCount;

    public async Task RunAsync()
    {
        for (var left = random.Next(5, 25); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(60)));
            await (random.Next(14) switch
            {
                0 => SetAlarmAsync(),
                1 => ExplodeAsync(),
                2 => SendPoisonAsync(),
                3 or 4 => ReadAsync(),
                5 or 6 or 7 => SendOnceAsync(),
                12 => MoveAlarmAsync(),
                13 => TellAsync(alarm => alarm.Ripple()),
                _ => SendUntilAnsweredAsync(),
            });
        }
    }

    // Without a key: an answer is a promise; no answer promises nothing.
    private async Task SendOnceAsync()
    {
        var letter = NewLetter(null);
        scenario.Promises.Sent(letter);
        if (await AskAsync(() => Grain<IStoreGrain>(letter.Message.Item).Receive(letter)) is { } receipt)
            scenario.Promises.Acknowledged(scenario.Database, letter, receipt);
    }

    // With a key: sent again until it is answered, under a new id each time, and stored once.
    private async Task SendUntilAnsweredAsync()
    {
        var key = $"key {number}/{sentCount}";
        var letter = NewLetter(key);
        for (var isAnswered = false; !isAnswered || random.Next(4) == 0;)
        {
            var again = new Letter(letter.Message with { Id = NewId() }, letter.Counter, letter.Amount, isNew: false);
            scenario.Promises.Sent(again);
            if (await AskAsync(() => Grain<IStoreGrain>(letter.Message.Item).Receive(again)) is not { } receipt)
                continue;
            scenario.Promises.Acknowledged(scenario.Database, again, receipt);
            isAnswered = true;
        }
    }

    private async Task SendPoisonAsync()
    {
        var letter = NewLetter(null, "poison");
        try
        {
            if (await AskAsync(() => Grain<IStoreGrain>(letter.Message.Item).Receive(letter)) is not null)
                throw new InvalidOperationException("A message that the database refuses was acknowledged.");
        }
        catch (TributaryException error) when (error.Code == "refused_by_store")
        {
            scenario.Promises.RefusedCount++;
        }
    }

    private async Task ReadAsync()
    {
        var item = Item();
        var promised = scenario.Promises.CountOf(item);
        if (await AskAsync(() => Grain<IStoreGrain>(item).Count()) is var count
            && count < promised
            && count != Unanswered)
            throw new InvalidOperationException($"The item {item} was promised {promised} messages and reads {count}.");
    }

    private async Task SetAlarmAsync()
    {
        var key = $"alarm {random.Next(3)}";
        var count = random.Next(3) == 0 ? random.Next(2, 12) : 1;
        if (await AskAsync(() => Grain<IAlarmGrain>(key).Set(random.Next(0, 8_000 / count), count)) is > 0)
            scenario.Promises.AlarmsSetCount += count;
    }

    // Often enough to meet the alarm while it rings.
    private async Task MoveAlarmAsync()
    {
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            var delayMs = random.Next(150);
            await TellAsync(alarm => random.Next(4) == 0 ? alarm.Cancel() : alarm.Move(delayMs));
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(150)));
        }
    }

    private Task TellAsync(Func<IAlarmGrain, ValueTask> call) => AskAsync(async () =>
    {
        await call(Grain<IAlarmGrain>($"alarm {random.Next(3)}"));
        return 1;
    });

    private async Task ExplodeAsync()
    {
        try
        {
            await AskAsync(async () =>
            {
                var alarm = Grain<IAlarmGrain>($"alarm {random.Next(3)}");
                await (random.Next(2) == 0 ? alarm.Explode() : alarm.Stall());
                return 1;
            });
        }
        catch (TributaryException error) when (error.Code == "turn_did_not_complete")
        {
            scenario.Promises.ExplosionsCount++;
        }
        catch (InvalidOperationException error) when (error.Message == "boom")
        {
            scenario.Promises.ExplosionsCount++;
        }
    }

    private const long Unanswered = -1;

    private TGrain Grain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey => scenario.Host.Grains.GetGrain<TGrain>(key);

    // The answer, or the default (Unanswered for counts) when the process that was asked has crashed or is overloaded.
    private async Task<T?> AskAsync<T>(Func<ValueTask<T>> ask)
    {
        var crashed = scenario.Crashed;
        try
        {
            var answer = scenario.Track(AwaitAsync(ask()));
            if (await Task.WhenAny(answer, crashed) == answer)
                return await answer;
        }
        catch (OverloadedException)
        {
            scenario.Promises.OverloadsCount++;
        }
        catch (StoreException error) when (error.IsPassing)
        {
            scenario.Promises.StoreRefusalsCount++;
        }
        catch (TimeoutException)
        {
            // The call waited for the store until its time was over; its turn did not run.
            scenario.Promises.TimeoutsCount++;
        }
        catch (TributaryException error) when (error.Code == "state_unreadable")
        {
            scenario.Promises.UnreadableCount++;
        }

        await scenario.BackOffAsync();
        return typeof(T) == typeof(long) ? (T)(object)Unanswered : default;
    }

    // AsTask would leave the world: it continues on the thread pool.
    private static async Task<T> AwaitAsync<T>(ValueTask<T> call) => await call;

    private Letter NewLetter(string? key, string text = "letter")
    {
        sentCount++;
        var isNew = key is null && random.Next(3) == 0;
        var id = NewId();
        var message = new Message
        {
            Id = id,
            Source = "client",
            Item = isNew ? id.ToString() : Item(),
            ExternalId = key,
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes($"{{\"{text}\":{sentCount}}}"),
            ReceivedAt = scenario.World.Time.GetUtcNow(),
        };
        return new Letter(message, $"counter {random.Next(4)}", random.Next(100), isNew);
    }

    private string Item() => $"item {random.Next(6)}";

    private MessageId NewId() => new(scenario.World.NewId());
}
