using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Grains;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Rounds.Partitions;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>
/// The scope of external ids through a whole silo: source, item and id, whatever partition the items fall into.
/// </summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task An_external_id_is_one_within_its_item_also_when_items_share_a_partition()
    {
        var (first, second) = await NeighboursAsync();
        await using var store = Harness.NewStore();
        var silo = await StartSiloAsync(store);

        var stored = await ReceiveAsync(silo, first, """{"n":1}""");
        var other = await ReceiveAsync(silo, second, """{"n":2}""");
        var repeat = await ReceiveAsync(silo, first, """{"n":1}""");
        var conflict = await Assert.ThrowsAsync<TributaryException>(() => ReceiveAsync(silo, second, """{"n":1}"""));
        await silo.StopAsync();

        Assert.Equal((false, false, true), (stored.IsRepeat, other.IsRepeat, repeat.IsRepeat));
        Assert.Equal((first, second), (stored.Item, other.Item));
        Assert.Equal((stored.Id, stored.Position), (repeat.Id, repeat.Position));
        Assert.Equal("external_id_conflict", conflict.Code);
    }

    [Fact]
    public async Task A_repeat_of_a_message_of_an_earlier_version_is_known_and_only_for_its_item()
    {
        var (first, second) = await NeighboursAsync();
        var known = new KnownMessage(
            new MessageId(Guid.CreateVersion7()), first, ExternalKey.Sha256Prefix("""{"n":1}"""u8), Position.Of(3, 4));
        await Harness.LeaveUnscopedAsync(await PartitionAsync(first), ExternalKey.Unscoped("source", "key"), known,
            day: 20_000);
        await using var store = Harness.NewStore();
        var silo = await StartSiloAsync(store);

        var other = await ReceiveAsync(silo, second, """{"n":2}""");
        var repeat = await ReceiveAsync(silo, first, """{"n":1}""");
        var conflict = await Assert.ThrowsAsync<TributaryException>(() => ReceiveAsync(silo, first, """{"n":2}"""));
        await silo.StopAsync();

        Assert.False(other.IsRepeat);
        Assert.Equal((true, known.Id, known.Position), (repeat.IsRepeat, repeat.Id, repeat.Position));
        Assert.Equal("external_id_conflict", conflict.Code);
    }

    private static async Task<RoundEngine> StartSiloAsync(IPartitionStore store)
    {
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).Add<IItemGrain, ItemGrain, ItemState>(
            ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, static () => new ItemGrain());
        var silo = new RoundEngine(
            new RoundOptions(), store, types, new Dictionary<string, IActivity>(),
            RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
            NullLogger<RoundEngine>.Instance);
        await silo.StartAsync(Cancellation);
        return silo;
    }

    private static Task<Receipt> ReceiveAsync(RoundEngine silo, string item, string body)
    {
        var message = new Message
        {
            Id = new MessageId(Guid.CreateVersion7()), Source = "source", Item = item, ExternalId = "key",
                MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes(body), ReceivedAt = TestSilo.Noon,
        };
        return silo.Grains.GetGrain<IItemGrain>(item).Receive(new IncomingMessage(message, [], isNewItem: false))
            .AsTask();
    }

    // Two items of one partition.
    private async Task<(string First, string Second)> NeighboursAsync()
    {
        var wanted = await PartitionAsync("item");
        for (var i = 0; ; i++)
        {
            if (await PartitionAsync($"item {i}") == wanted)
                return ("item", $"item {i}");
        }
    }

    private async Task<PartitionId> PartitionAsync(string item)
    {
        if (partitionCount == 0)
        {
            await using var store = Harness.NewStore();
            partitionCount = (await store.OpenAsync(Cancellation)).PartitionCount;
        }

        return new Partitioner(partitionCount).Of(new RoundGrainId(ItemGrain.GrainType, item));
    }
}
