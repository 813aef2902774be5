using System.Text;
using Tributary.Aggregates;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Storage.Generations;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// A producer of real items and aggregates. Its external ids are few and shared with its like, so that it repeats what
/// others sent, now and then with another body.
/// </summary>
public sealed class ItemClient(Scenario scenario)
{
    private const int KeysCount = 12;

    // The last two share a partition, where an external id must not be taken for one of the other.
    private static readonly string[] Names = ["item 1", "item 3", "item 0"];
    private readonly Random random = scenario.World.Random;
    private readonly InMemoryStore definitions = new(scenario.Database);
    private StoredDefinitions known = new(0, [], IsDue: false);

    public async Task RunAsync()
    {
        if (PartitionOf(Names[1]) != PartitionOf(Names[2]))
            throw new InvalidOperationException("Name two items of one partition.");
        for (var left = random.Next(5, 20); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(60)));
            await (random.Next(4) == 0 ? ReadAsync() : SendAsync());
        }
    }

    private async Task SendAsync()
    {
        if (random.Next(8) == 0)
            known = await definitions.Generations.ReadAsync(CancellationToken.None);
        var message = NewMessage();
        scenario.Items.Sent(message);
        try
        {
            if (await scenario.AskAsync(grains => grains.GetGrain<IItemGrain>(message.Message.Item).Receive(message)) is
                { Answer: { } receipt })
                scenario.Items.Acknowledged(scenario.Database, message, receipt);
        }
        catch (TributaryException error) when (error.Code == "external_id_conflict")
        {
            scenario.Items.Refused(scenario.Database, message);
        }
        catch (TributaryException error) when (error.Code == ItemGrain.DefinitionsOutdated)
        {
            scenario.Items.Outdated(message);
            known = await definitions.Generations.ReadAsync(CancellationToken.None);
        }
    }

    private async Task ReadAsync()
    {
        var item = Names[random.Next(3)];
        var promised = scenario.Items.CountOf(item);
        if (await scenario.AskAsync(grains => grains.GetGrain<IItemGrain>(item).Read()) is { } read
            && (read.Answer?.Sequence ?? 0) < promised)
            throw new InvalidOperationException(
                $"The item {item} was promised {promised} messages and reads {read.Answer}.");
    }

    private IncomingMessage NewMessage()
    {
        var id = new MessageId(scenario.World.NewId());
        var key = random.Next(3) > 0 ? $"key {random.Next(KeysCount)}" : null;
        var isNew = key is null && random.Next(2) == 0;
        var amount = random.Next(4) == 0 ? 2 : 1;
        var message = new Message
        {
            Id = id,
            Source = "items",
            // Often another item than the one that most messages with the key have, in its partition or in another:
            // there the key is free.
            Item = isNew ? id.ToString() : Names[key is null || random.Next(3) == 0 ? random.Next(3) : key.Length % 3],
            ExternalId = key,
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes($"{{\"amount\":{amount}}}"),
            ReceivedAt = scenario.World.Time.GetUtcNow(),
            // At every path that the client knows of: the engine and its store look into no body.
            IndexedValues =
                [.. known.IndexedPaths.Select(path => new IndexedValue(path.Id, new byte[] { (byte)amount }))],
        };
        var shares = known.Rows.Where(static row => row.IsFed)
            .Select(row => Into("[]", amount, ItemPromises.GenerationOf(row)));
        return new IncomingMessage(
            message,
            [Into($"[{random.Next(2)}]", amount), Into($"[{random.Next(5)},\"x\"]", amount), .. shares], isNew)
        {
            Definitions = known.Version,
        };
    }

    private PartitionId PartitionOf(string item) => scenario.PartitionOf(new RoundGrainId("item", item));

    private static Contribution Into(string group, int amount, int generation = 1) =>
        new(new RoundGrainId(AggregateKey.GrainType, new AggregateKey(generation, 0, group).ToString()), generation,
            new AggregateDelta(1, [new SumMeasure(1, amount)]));
}
