using System.Text;
using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Generations;
using Tributary.Storage.Ledger;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.Sqlite;

/// <summary>
/// Databases that earlier builds have written, one per version of the schema. They are never written anew: what was
/// released stays readable.
/// </summary>
public sealed class SqliteFormatTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files =>
        new(
            Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Sqlite", "Formats"), "*.db")
                .Select(file => Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_database_of_every_version_opens_with_all_that_it_holds(string file)
    {
        await using var harness = new SqliteHarness();
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "Sqlite", "Formats", file),
            Path.Combine(harness.DataDirectory, SqliteOptions.FileName));
        await using var store = harness.NewStore();
        var silo = await TestSilo.JoinAsync(store);

        await AssertHoldsAsync(silo);

        await silo.CommitAsync(TestSilo.Message());
        Assert.Equal(3, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    /// <summary>What every stored database holds.</summary>
    private static async Task AssertHoldsAsync(TestSilo silo)
    {
        var slice = await silo.Store.Messages.ReadAfterAsync(Position.Start, 10, 1000, Cancellation);
        Assert.Equal(
            ["""{"n":1}""", """{"n":2}"""],
            slice.Messages.Select(message => Encoding.UTF8.GetString(message.Body.Span)));
        Assert.Equal([1, 300], slice.Messages[1].Generations);
        Assert.Equal("item state", await silo.LoadTextAsync(TestSilo.Item("item", "", false)));
        Assert.Equal(
            "aggregate state",
            await silo.LoadTextAsync(TestSilo.Aggregate(new AggregateKey(1, 60_000, "[\"g\"]"), "", false)));
        Assert.Single(await silo.Store.Aggregates.ReadAggregatesAsync(1, null, null, null, null, 10, Cancellation));
        Assert.Equal(
            new LedgerCounts(2, 2, 0, 0, 0, 0), (await silo.Store.Ledger.ReadLedgerAsync(true, Cancellation)).Total);
        Assert.Equal("definition", Assert.Single((await silo.Store.Generations.ReadAsync(Cancellation)).Rows).Name);
        Assert.Equal(
            new RoundGrainId("item", "item"),
            Assert.Single(await silo.Store.ReadDeferredCallsAsync(0, 10, Cancellation)).Target);
        var reminder = Assert.Single(
            await silo.Store.ReadRemindersAsync(
                ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10, Cancellation));
        Assert.Equal(("reminder", TestSilo.Noon, "fetch"), (reminder.Name, reminder.Due, reminder.Activity));
        var external = new LoadRequest();
        external.ExternalIds.Add((new PartitionId(1), ExternalKey.Of("source", "item", "external")));
        external.UnscopedExternalIds.Add((new PartitionId(1), ExternalKey.Unscoped("source", "external")));
        var found = await silo.Store.LoadAsync(external, Cancellation);
        Assert.Equal(slice.Messages[0].Id, Assert.Single(found.ExternalIds.Concat(found.UnscopedExternalIds)).Value.Id);
    }

    /// <summary>
    /// When a version of the schema is about to be released, the file that this leaves beside the tests,
    /// new-version.db, becomes
    /// <c>Formats/version-N.db</c>.
    /// </summary>
    [Fact]
    public async Task A_database_of_this_version_holds_what_those_of_all_versions_do()
    {
        await using var harness = new SqliteHarness();
        await using (var store = harness.NewStore())
        {
            var silo = await TestSilo.JoinAsync(store);
            await silo.CommitAsync(round =>
            {
                round.Messages.AddRange([
                    TestSilo.Message(body: """{"n":1}"""),
                    TestSilo.Message(body: """{"n":2}""", generations: [1, 300]),
                ]);
                round.ExternalIds.Add(
                    new ExternalIdRow(new PartitionId(1), ExternalKey.Of("source", "item", "external"), 5, 0));
                round.States.Add(TestSilo.Item("item", "item state", true));
                round.States.Add(TestSilo.Aggregate(new AggregateKey(1, 60_000, "[\"g\"]"), "aggregate state", true));
                round.States.Add(new StateRow(StateTable.Grains, new RoundGrainId("type", "key"), new PartitionId(1),
                    1, new byte[] { 1 }, true));
                round.Ledger.Add(new LedgerDelta("source", TestSilo.Noon, 2, 2));
                round.Deferred.Add(new DeferredCall(7, new PartitionId(1), new RoundGrainId("item", "item"), "Do",
                    "[]"u8.ToArray()));
                round.Failures.Add(new FailureRow(
                    Guid.CreateVersion7(), TestSilo.Noon, new PartitionId(1), new RoundGrainId("item", "item"), "Do",
                    "[]"u8.ToArray(), "error"));
                round.Reminders.Add(new ReminderWrite(
                    new PartitionId(1), new RoundGrainId("item", "item"), "reminder",
                    new ReminderRequest("reminder", TestSilo.Noon, 1, "fetch", "{}"u8.ToArray())));
            });
            await silo.Store.Generations.DeclareAsync(
                silo.Id, [new DefinitionProposal("definition", "hash", "{}"u8.ToArray())], Cancellation);
            await store.LeaveAsync(silo.Id, Cancellation);
        }

        File.Copy(
            Path.Combine(harness.DataDirectory, SqliteOptions.FileName),
            Path.Combine(AppContext.BaseDirectory, "new-version.db"),
            overwrite: true);
        await using var again = harness.NewStore();
        await AssertHoldsAsync(await TestSilo.JoinAsync(again));
    }
}
