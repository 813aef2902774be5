using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>Rows of calls on their way to the owners of their partitions.</summary>
public sealed class RowHintsTests
{
    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(0, 3).Select(static i => SiloAddress.FromParsableString($"10.0.0.{i + 1}:11111@{i + 7}"))];

    [Fact]
    public async Task A_row_that_another_silo_leaves_is_made_at_once()
    {
        var database = await TestDatabase.PostgresAsync();
        await using var cluster = await RoundCluster.StartAsync(
            database, isAlone: false, options: static options => options.DeferredPollInterval = TimeSpan.FromHours(1));
        await Waiting.UntilAsync(() => cluster.Host.PartitionsCount == cluster.Host.Facts.PartitionCount);
        await using var store = database.NewStore();
        Exception? fatal = null;
        var other = new RoundEngine(
            new RoundOptions { IsAlone = false }, store, cluster.Types, new Dictionary<string, IActivity>(),
            RoundEnvironment.System(error => fatal = error), NullLogger<RoundEngine>.Instance)
        {
            LeftElsewhere = new RowHints(
                cluster.SiloGrains, cluster.Services.GetRequiredService<PartitionPlacement>(),
                cluster.Services.GetRequiredService<IPartitionHomes>()).Tell,
        };
        await other.StartAsync();
        var own = other.PartitionOf(new RoundGrainId(ProbeGrain.GrainType, "leaver"));
        var key = Enumerable.Range(0, 100).Select(static i => $"receiver {i}")
            .First(key => other.PartitionOf(new RoundGrainId(ProbeGrain.GrainType, key)) != own);
        // Orleans activates it at its home again and again, whose take matches nothing while this silo owns it.
        while ((await other.TakeAsync([own])).Count == 0)
            await cluster.Host.GiveAsync([own]);

        await other.Grains.GetGrain<IProbeGrain>("leaver").AddTo(key, 7);

        var receiver = cluster.SiloGrains.GetGrain<IProbeGrain>(key);
        await Waiting.UntilAsync(async () => await receiver.Read() == 7);
        await other.StopAsync();
        Assert.Null(fatal ?? cluster.Fatal);
    }

    [Fact]
    public void Rows_for_the_partitions_of_one_silo_travel_together()
    {
        var rows = Enumerable.Range(0, 256).Select(static i => Row(i, bytes: 1)).ToList();

        var messages = RowHints.Messages(rows, Home).ToList();

        Assert.Equal(3, messages.Count);
        Assert.All(messages, message => Assert.Single(
            message.Select(row => RendezvousDirector.Choose(row.Partition.Value, Silos)).Distinct()));
        Assert.Equal(
            rows.Select(static row => row.Sequence),
            messages.SelectMany(static message => message).Select(static row => row.Sequence).Order());
    }

    [Fact]
    public void Rows_beyond_the_limit_of_a_message_stay_for_the_next_look()
    {
        var half = RowHints.MaxHintBytes / 2;
        DeferredCall[] rows = [Row(1, half), Row(1, half), Row(1, bytes: 1)];

        var message = Assert.Single(RowHints.Messages(rows, Home));

        Assert.Equal(2, message.Length);
        Assert.Empty(RowHints.Messages([Row(1, RowHints.MaxHintBytes + 1)], Home));
    }

    [Fact]
    public void A_row_arrives_as_it_is_stored()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider()
            .GetRequiredService<Serializer>();
        var row = Row(3, bytes: 2) with { Origin = 5, Arguments = new byte[] { 0, 1, 2, 3 }.AsMemory(1, 2) };

        var arrived = serializer.Deserialize<HintedRow>(serializer.SerializeToArray(HintedRow.Of(row)))!.ToCall();

        Assert.Equal(row.Arguments.ToArray(), arrived.Arguments.ToArray());
        Assert.Equal(row with { Arguments = default }, arrived with { Arguments = default });
    }

    private static SiloAddress Home(PartitionId partition) => RendezvousDirector.Choose(partition.Value, Silos);

    private static DeferredCall Row(int number, int bytes) => new(
        number, new PartitionId(number), new RoundGrainId("probe", $"key {number}"), "Add", new byte[bytes]);
}
