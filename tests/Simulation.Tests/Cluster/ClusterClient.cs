using System.Text;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Simulation.Tests.Scenarios;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>A producer and reader whose calls are routed by a world that lies, delays and duplicates.</summary>
internal sealed class ClusterClient(ClusterRun run, int number)
{
    private readonly Random random = run.World.Random;
    private int sentCount;

    public async Task RunAsync()
    {
        for (var left = random.Next(5, 20); left > 0; left--)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(60)));
            await (random.Next(14) switch
            {
                0 or 1 => SetAlarmAsync(),
                2 => TellAsync(alarm => alarm.Ripple()),
                3 => MoveAlarmAsync(),
                4 or 5 => ReadAsync(),
                6 or 7 => SendOnceAsync(),
                12 or 13 => SendSheetsAsync(),
                _ => SendUntilAnsweredAsync(),
            });
        }
    }

    // Without a key: an answer is a promise; what was sent elsewhere has not happened, for certain.
    private Task SendOnceAsync() => SendAsync(NewLetter(null));

    // With a key: sent until it is answered, now and then to two silos at once, and stored once.
    private async Task SendUntilAnsweredAsync()
    {
        var letter = NewLetter($"key {number}/{sentCount}");
        for (var isAnswered = false; !isAnswered || random.Next(4) == 0;)
        {
            var twin = random.Next(4) == 0 ? SendAsync(Again(letter)) : Task.FromResult(false);
            isAnswered |= await SendAsync(Again(letter));
            isAnswered |= await twin;
        }
    }

    private Letter Again(Letter letter) =>
        new(letter.Message with { Id = new MessageId(run.World.NewId()) }, letter.Counter, letter.Amount, isNew: false);

    private async Task<bool> SendAsync(Letter letter)
    {
        run.Promises.Sent(letter);
        var (receipt, isElsewhere) = await AskAsync<IStoreGrain, Receipt>(
            "store", letter.Message.Item, store => store.Receive(letter));
        if (isElsewhere)
            run.Promises.SentAway.Add(letter.Message.Id);
        if (receipt is null)
            return false;
        run.Promises.Acknowledged(run.Database, letter, receipt);
        return true;
    }

    // To few shelves, so that rows hold several sheets; now and then the database refuses one of them.
    private async Task SendSheetsAsync()
    {
        List<Sheet> sheets =
        [
            .. Enumerable.Range(0, random.Next(1, 9)).Select(_ => new Sheet(
                $"shelf {random.Next(4)}", new MessageId(run.World.NewId()).ToString(), random.Next(12) == 0)),
        ];
        var ids = sheets.Select(static sheet => sheet.Id);
        try
        {
            var (sent, _) = await AskAsync<IDeskGrain, Counted>("desk", $"desk {random.Next(3)}", async desk =>
            {
                await desk.Send(new Pile(sheets));
                return new Counted(sheets.Count);
            });
            if (sent is not null)
                run.SheetsSent.UnionWith(ids);
        }
        catch (TributaryException error) when (error.Code == "refused_by_store" && sheets.Exists(one => one.IsBad))
        {
            // The desk and the shelf of a bad sheet were in one round.
            run.SheetsRefused.UnionWith(ids);
        }
    }

    private async Task ReadAsync()
    {
        var item = $"item {random.Next(6)}";
        var promised = run.Promises.CountOf(item);
        var (count, _) = await AskAsync<IStoreGrain, Counted>(
            "store", item, async store => new Counted(await store.Count()));
        if (count is not null && count.Count < promised)
        {
            throw new InvalidOperationException(
                $"The item {item} was promised {promised} messages and reads {count.Count}.");
        }
    }

    private async Task SetAlarmAsync()
    {
        var count = random.Next(3) == 0 ? random.Next(2, 12) : 1;
        var (set, _) = await AskAsync<IAlarmGrain, Counted>(
            "alarm", Alarm(), async alarm => new Counted(await alarm.Set(random.Next(0, 8_000 / count), count)));
        if (set is not null)
            run.Promises.AlarmsSetCount += count;
    }

    private async Task MoveAlarmAsync()
    {
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            var delayMs = random.Next(150);
            await TellAsync(alarm => random.Next(4) == 0 ? alarm.Cancel() : alarm.Move(delayMs));
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(150)));
        }
    }

    private Task TellAsync(Func<IAlarmGrain, ValueTask> call) => AskAsync<IAlarmGrain, Counted>(
        "alarm", Alarm(), async alarm =>
        {
            await call(alarm);
            return new Counted(0);
        });

    private string Alarm() => $"alarm {random.Next(3)}";

    // The answer, or null when there was none. Half of the calls take the way of the platform, and the others go
    // straight to a silo, which may be the wrong one.
    private async Task<(T? Answer, bool IsElsewhere)> AskAsync<TGrain, T>(
        string type, string key, Func<TGrain, ValueTask<T>> ask)
        where TGrain : class, IGrainWithStringKey
        where T : class
    {
        var isRouted = random.Next(2) == 0;
        var silo = isRouted ? run.Any() : run.Route(new RoundGrainId(type, key));
        await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(200) : 0));
        if (isRouted && !silo.HasStarted)
            return (null, false);
        var grains = isRouted ? silo.Grains : silo.Host.Grains;
        var (answer, isElsewhere) = await ClusterCaller.AskAsync(run, silo, () => ask(grains.GetGrain<TGrain>(key)));
        return (answer?.Answer, isElsewhere);
    }

    private Letter NewLetter(string? key)
    {
        sentCount++;
        var isNew = key is null && random.Next(3) == 0;
        var id = new MessageId(run.World.NewId());
        var message = new Message
        {
            Id = id,
            Source = "client",
            Item = isNew ? id.ToString() : $"item {random.Next(6)}",
            ExternalId = key,
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes($"{{\"letter\":{sentCount}}}"),
            ReceivedAt = run.World.Time.GetUtcNow(),
        };
        return new Letter(message, $"counter {random.Next(4)}", random.Next(100), isNew);
    }

    private sealed record Counted(long Count);
}
