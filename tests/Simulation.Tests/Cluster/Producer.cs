using System.Text;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// A producer of the platform's own items and aggregates, at the door of any silo: the door sends a message with a key
/// again when a silo is lost under it, and counts it anew when definitions change. External ids are few and shared, so
/// that producers repeat what others sent, now and then with another body.
/// </summary>
internal sealed class Producer(ClusterRun run)
{
    private const int KeysCount = 12;
    private static readonly JsonPointer ItemPointer = JsonPointer.Parse("/item");
    private readonly Random random = run.World.Random;

    public async Task RunAsync()
    {
        for (var left = random.Next(5, 20); left > 0; left--)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(60)));
            await (random.Next(4) == 0 ? ReadAsync() : SendAsync());
        }
    }

    public static string Item(int number) => $"item {number}";

    private async Task SendAsync()
    {
        var silo = run.Any();
        if (!silo.HasStarted)
            return;
        if (random.Next(8) == 0)
            await silo.Definitions.LearnAsync();
        var noted = new NotedGrains(run, silo.Grains);
        var door = new MessageIntake(
            noted, silo.Definitions.Calculator, run.Ids, run.World.Time, new IntakeOptions(), plugins: null,
            silo.Definitions.UpToAsync);
        try
        {
            var request = NewRequest();
            var (answer, _) = await ClusterCaller.AskAsync(run, silo, () => door.AcceptAsync(request));
            if (answer is not null)
                run.Items.Acknowledged(run.Database, noted.Last!, answer.Answer, mayBeAgain: true);
        }
        catch (TributaryException error) when (error.Code == "external_id_conflict")
        {
            run.Items.Refused(run.Database, noted.Last!);
        }
        catch (TributaryException error) when (error.Code == ItemGrain.DefinitionsOutdated)
        {
            run.Items.Outdated(noted.Last!);
        }
    }

    private async Task ReadAsync()
    {
        var item = Item(random.Next(3));
        var promised = run.Items.CountOf(item);
        if (await run.AskAsync(grains => grains.GetGrain<IItemGrain>(item).Read()) is { } read
            && (read.Answer?.Sequence ?? 0) < promised)
            throw new InvalidOperationException(
                $"The item {item} was promised {promised} messages and reads {read.Answer}.");
    }

    private IntakeRequest NewRequest()
    {
        var key = random.Next(3) > 0 ? $"key {random.Next(KeysCount)}" : null;
        var amount = random.Next(4) == 0 ? 2 : 1;
        var item = Item(key is null || random.Next(3) == 0 ? random.Next(3) : key.Length % 3);
        var body = $$"""
            {"item":"{{item}}","amount":{{amount}},"group":{{random.Next(2)}},"place":{{random.Next(5)}}}
            """;
        return new IntakeRequest
        {
            Source = "items", Body = Encoding.UTF8.GetBytes(body), ExternalId = key,
            ItemPointer = random.Next(4) == 0 ? null : ItemPointer,
        };
    }
}
