using System.Text;
using Orleans.Storage;
using Tributary.Rounds.Orleans.States;
using Tributary.Storage;
using Tributary.Storage.GrainStates;
using Tributary.Tests.Shared;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>Orleans' contract of grain storage, on both databases; and which of two activations loses.</summary>
public sealed class GrainStorageTests
{
    private const string Name = "cart";

    [Theory]
    [InlineData("sqlite", GrainStateFormat.Orleans)]
    [InlineData("sqlite", GrainStateFormat.Json)]
    [InlineData("postgres", GrainStateFormat.Orleans)]
    [InlineData("postgres", GrainStateFormat.Json)]
    public async Task A_state_is_written_read_cleared_and_written_anew(string store, GrainStateFormat format)
    {
        await using var silo = await StorageSilo.StartAsync(store);
        var storage = silo.NewStorage(new GrainStorageOptions { Format = format });
        var id = GrainId.Create("shop", "Привет, мир/…");
        var state = new GrainState<Cart>(new Cart { Owner = "Ünsal", Items = { "one" } });

        await storage.WriteStateAsync(Name, id, state);
        var first = state.ETag;
        state.State!.Items.Add("two");
        await storage.WriteStateAsync(Name, id, state);
        var read = new GrainState<Cart>();
        await storage.ReadStateAsync(Name, id, read);
        Assert.Equal((true, state.ETag), (read.RecordExists, read.ETag));
        Assert.NotEqual(first, read.ETag);
        Assert.Equal(("Ünsal", "one two"), (read.State!.Owner, string.Join(' ', read.State!.Items)));

        await storage.ClearStateAsync(Name, id, state);
        Assert.Equal((false, null), (state.RecordExists, state.ETag));
        Assert.Empty(state.State!.Items);
        await storage.ReadStateAsync(Name, id, read);
        Assert.Equal((false, null), (read.RecordExists, read.ETag));
        Assert.Equal("", read.State!.Owner);
        await storage.WriteStateAsync(Name, id, read);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task A_state_is_read_in_the_format_that_it_was_written_in_and_written_in_the_present_one()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var json = silo.NewStorage(new GrainStorageOptions { Format = GrainStateFormat.Json });
        var id = GrainId.Create("shop", "a");
        await silo.Storage.WriteStateAsync(Name, id, new GrainState<Cart>(new Cart { Owner = "x" }));
        var state = new GrainState<Cart>();

        await json.ReadStateAsync(Name, id, state);
        await json.WriteStateAsync(Name, id, state);

        var stored = (await silo.Faults.ReadAsync([new("shop/a", Name)], TestContext.Current.CancellationToken))[0]!;
        Assert.Equal("""{"owner":"x","items":[]}""", Encoding.UTF8.GetString(stored.State.Span));
        // A type that has got a member reads states of the type before.
        var later = new GrainState<LaterCart>();
        await silo.Storage.ReadStateAsync(Name, id, later);
        Assert.Equal(("x", 0), (later.State!.Owner, later.State!.Price));
        var other = GrainId.Create("shop", "b");
        await silo.Storage.WriteStateAsync(Name, other, new GrainState<Cart>(new Cart { Owner = "y" }));
        await silo.Storage.ReadStateAsync(Name, other, later);
        Assert.Equal(("y", 0), (later.State!.Owner, later.State!.Price));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Exactly_the_activation_that_lost_is_told_so(string store)
    {
        await using var silo = await StorageSilo.StartAsync(store);
        var other = silo.NewStorage();
        var ids = Enumerable.Range(0, 50).Select(static i => GrainId.Create("shop", $"{i}")).ToList();
        var states = ids.Select(static _ => new GrainState<Cart>(new Cart())).ToList();
        await Task.WhenAll(ids.Zip(states, (id, state) => silo.Storage.WriteStateAsync(Name, id, state)));
        var second = new GrainState<Cart>();
        await other.ReadStateAsync(Name, ids[7], second);
        await other.WriteStateAsync(Name, ids[7], second);
        var neverRead = new GrainState<Cart>(new Cart());

        // All of them in one batch.
        var gate = new TaskCompletionSource();
        silo.Faults.Gate = gate.Task;
        silo.Faults.Calls.Clear();
        var first = silo.Storage.WriteStateAsync("other", ids[0], new GrainState<Cart>(new Cart()));
        await Waiting.UntilAsync(() => !silo.Faults.Calls.IsEmpty);
        var writes = ids.Zip(states, (id, state) => silo.Storage.WriteStateAsync(Name, id, state)).ToList();
        gate.SetResult();
        await first;

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => writes[7]);
        Assert.Equal((second.ETag, states[7].ETag), (error.StoredEtag, error.CurrentEtag));
        writes.RemoveAt(7);
        await Task.WhenAll(writes);
        Assert.Equal((true, 50), silo.Faults.Calls.Last());
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => silo.Storage.WriteStateAsync(Name, ids[3], neverRead));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => silo.Storage.ClearStateAsync(Name, ids[7], states[7]));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_grain_never_loses_to_itself_when_answers_are_lost(string store)
    {
        await using var silo = await StorageSilo.StartAsync(store);
        var id = GrainId.Create("shop", "a");
        var state = new GrainState<Cart>(new Cart { Owner = "first" });

        // Lost and tried again within the write.
        silo.Faults.LostCount = 2;
        await silo.Storage.WriteStateAsync(Name, id, state);
        silo.Faults.LostCount = 1;
        state.State!.Owner = "second";
        await silo.Storage.WriteStateAsync(Name, id, state);
        silo.Faults.LostCount = 1;
        await silo.Storage.ClearStateAsync(Name, id, state);
        Assert.False(state.RecordExists);

        // Lost for good: the grain is told, and its next write, or clear, goes on from what is stored.
        var hurried = silo.NewStorage(batches: new GrainBatchOptions { MaxTime = TimeSpan.Zero });
        foreach (var owner in (string[])["third", "fourth"])
        {
            silo.Faults.LostCount = 1;
            state.State!.Owner = owner;
            await Assert.ThrowsAsync<StoreException>(() => hurried.WriteStateAsync(Name, id, state));
            state.State!.Owner = owner + " again";
            await hurried.WriteStateAsync(Name, id, state);
        }

        silo.Faults.LostCount = 1;
        await Assert.ThrowsAsync<StoreException>(() => hurried.WriteStateAsync(Name, id, state));
        var read = new GrainState<Cart>();
        await silo.Storage.ReadStateAsync(Name, id, read);
        Assert.Equal("fourth again", read.State!.Owner);
        await hurried.ClearStateAsync(Name, id, state);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_grain_never_loses_to_itself_whichever_of_its_tries_was_stored(string store)
    {
        await using var silo = await StorageSilo.StartAsync(store);
        var id = GrainId.Create("shop", "a");
        var hurried = silo.NewStorage(batches: new GrainBatchOptions { MaxTime = TimeSpan.Zero });
        var state = new GrainState<Cart>(new Cart { Owner = "first" });
        await hurried.WriteStateAsync(Name, id, state);

        // The first try is stored, the second never came to the database; then one is stored on top of the first.
        silo.Faults.LostCount = 1;
        await FailsAsync(() => hurried.WriteStateAsync(Name, id, state));
        silo.Faults.FailedCount = 1;
        await FailsAsync(() => hurried.WriteStateAsync(Name, id, state));
        silo.Faults.LostCount = 2;
        await FailsAsync(() => hurried.WriteStateAsync(Name, id, state));
        silo.Faults.LostCount = 0;
        state.State!.Owner = "last";
        await hurried.WriteStateAsync(Name, id, state);
        var read = new GrainState<Cart>();
        await silo.Storage.ReadStateAsync(Name, id, read);
        Assert.Equal(("last", state.ETag), (read.State!.Owner, read.ETag));

        // A removal that was stored, then another removal, or a write.
        silo.Faults.LostCount = 1;
        await FailsAsync(() => hurried.ClearStateAsync(Name, id, state));
        await hurried.ClearStateAsync(Name, id, state);
        Assert.False(state.RecordExists);
        await hurried.WriteStateAsync(Name, id, state);
        silo.Faults.LostCount = 1;
        await FailsAsync(() => hurried.ClearStateAsync(Name, id, state));
        state.State!.Owner = "after the removal";
        await hurried.WriteStateAsync(Name, id, state);
        await silo.Storage.ReadStateAsync(Name, id, read);
        Assert.Equal("after the removal", read.State!.Owner);
    }

    [Fact]
    public async Task A_call_that_the_database_refuses_fails_alone()
    {
        await using var silo = await StorageSilo.StartAsync("postgres");
        var gate = new TaskCompletionSource();
        silo.Faults.Gate = gate.Task;
        var first = WriteAsync(silo.Storage, 0, bytes: 10);
        await Waiting.UntilAsync(() => !silo.Faults.Calls.IsEmpty);
        silo.Faults.Refused = "shop/7";
        var writes = Enumerable.Range(1, 20).Select(i => WriteAsync(silo.Storage, i, bytes: 10)).ToList();
        gate.SetResult();

        await first;
        var error = await Assert.ThrowsAsync<StoreException>(() => writes[6]);
        Assert.Equal(StoreFault.Fatal, error.Fault);
        writes.RemoveAt(6);
        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task A_call_waits_for_the_database_no_longer_than_the_limit_however_many_were_before_it()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var time = new HandSetTime();
        var storage = silo.NewStorage(
            batches: new GrainBatchOptions
            {
                MaxCount = 1, MaxTime = TimeSpan.FromSeconds(10), RetryDelay = TimeSpan.Zero,
                MaxRetryDelay = TimeSpan.Zero,
            },
            time: time);
        silo.Faults.FailedCount = int.MaxValue;
        var writes = Enumerable.Range(0, 5).Select(i => WriteAsync(storage, i, bytes: 1)).ToList();
        await Waiting.UntilAsync(() => silo.Faults.Calls.Count > 3);
        Assert.All(writes, static write => Assert.False(write.IsCompleted));

        // One after the other, each by itself: and yet none waits for another ten seconds.
        time.Advance(TimeSpan.FromSeconds(10));
        foreach (var write in writes)
            await FailsAsync(() => write);
    }

    [Fact]
    public async Task A_doubt_does_not_hide_that_another_activation_wrote()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var id = GrainId.Create("shop", "a");
        var hurried = silo.NewStorage(batches: new GrainBatchOptions { MaxTime = TimeSpan.Zero });
        var state = new GrainState<Cart>(new Cart());
        await hurried.WriteStateAsync(Name, id, state);
        silo.Faults.LostCount = 1;
        await Assert.ThrowsAsync<StoreException>(() => hurried.WriteStateAsync(Name, id, state));
        var other = new GrainState<Cart>();
        await silo.Storage.ReadStateAsync(Name, id, other);
        await silo.Storage.WriteStateAsync(Name, id, other);

        await Assert.ThrowsAsync<InconsistentStateException>(() => hurried.WriteStateAsync(Name, id, state));
    }

    [Fact]
    public async Task Writes_and_reads_that_come_together_share_calls_of_the_database_within_the_limits()
    {
        await using var silo = await StorageSilo.StartAsync("postgres");
        var limits = new GrainBatchOptions { MaxCount = 40, MaxBytes = 100_000, MaxReadsCount = 1 };
        var storage = silo.NewStorage(batches: limits);
        var gate = new TaskCompletionSource();
        silo.Faults.Gate = gate.Task;

        var writes = Enumerable.Range(0, 101).Select(i => WriteAsync(storage, i, bytes: 10)).ToList();
        await Waiting.UntilAsync(() => silo.Faults.Calls.Count == 1);
        gate.SetResult();
        await Task.WhenAll(writes);
        Assert.Equal(101, silo.Faults.Calls.Sum(static call => call.Count));
        // The first one went alone, or with those that came before its runner began.
        Assert.InRange(silo.Faults.Calls.Count, 3, 4);
        Assert.All(silo.Faults.Calls, static call => Assert.InRange(call.Count, 1, 40));

        silo.Faults.Calls.Clear();
        var reads = Enumerable.Range(0, 80)
            .Select(i => storage.ReadStateAsync(Name, GrainId.Create("shop", $"{i}"), new GrainState<Cart>())).ToList();
        await Task.WhenAll(reads);
        Assert.Equal(80, silo.Faults.Calls.Sum(static call => call.Count));

        silo.Faults.Calls.Clear();
        await Task.WhenAll(Enumerable.Range(200, 6).Select(i => WriteAsync(storage, i, bytes: 40_000)));
        Assert.All(silo.Faults.Calls, static call => Assert.InRange(call.Count, 1, 2));
    }

    [Fact]
    public async Task Two_writes_of_one_state_are_in_two_transactions_in_their_order()
    {
        await using var silo = await StorageSilo.StartAsync("postgres");
        var batches = new GrainStateBatches(
            silo.Faults, Microsoft.Extensions.Options.Options.Create(new GrainBatchOptions()), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<GrainStateBatches>.Instance);
        var key = new GrainStateKey("shop/a", Name);
        var writes = new List<GrainStateWrite>();
        for (var i = 0; i < 5; i++)
        {
            writes.Add(new GrainStateWrite(
                key, i == 0 ? null : writes[^1].Version, Guid.NewGuid(), GrainStateFormat.Json, new byte[] { 1 }));
        }

        var outcomes = await Task.WhenAll(writes.Select(batches.WriteAsync));

        Assert.All(outcomes, static one => Assert.True(one.IsWritten));
        Assert.Equal(5, silo.Faults.Calls.Count);
    }

    [Fact]
    public async Task More_than_the_limits_allow_is_refused_and_what_waits_is_written()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var storage = silo.NewStorage(
            new GrainStorageOptions { MaxStateBytes = 5_000 },
            new GrainBatchOptions { MaxWaitingCount = 3, MaxWaitingBytes = 4_000 });
        var gate = new TaskCompletionSource();
        silo.Faults.Gate = gate.Task;
        var first = WriteAsync(storage, 0, bytes: 10);
        await Waiting.UntilAsync(() => !silo.Faults.Calls.IsEmpty);
        var second = WriteAsync(storage, 1, bytes: 3_000);

        var tooMuch = await Assert.ThrowsAsync<OverloadedException>(() => WriteAsync(storage, 2, bytes: 3_000));
        Assert.Contains("4000 bytes", tooMuch.Message, StringComparison.Ordinal);
        List<Task> more = [WriteAsync(storage, 3, bytes: 10), WriteAsync(storage, 4, bytes: 10)];
        await Assert.ThrowsAsync<OverloadedException>(() => WriteAsync(storage, 5, bytes: 10));
        gate.SetResult();
        await Task.WhenAll([first, second, .. more]);

        var tooLarge = await Assert.ThrowsAsync<TributaryException>(() => WriteAsync(storage, 6, bytes: 6_000));
        Assert.Equal("grain_state_too_large", tooLarge.Code);
        Assert.Contains("5000", tooLarge.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_its_type_cannot_read_stays_and_the_error_names_it()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var json = silo.NewStorage(new GrainStorageOptions { Format = GrainStateFormat.Json });
        var id = GrainId.Create("shop", "a");
        await json.WriteStateAsync(Name, id, new GrainState<int[]>([1]));

        var error = await Assert.ThrowsAsync<TributaryException>(
            () => json.ReadStateAsync(Name, id, new GrainState<Cart>()));

        Assert.Equal("grain_state_unreadable", error.Code);
        Assert.Contains("shop/a", error.Message, StringComparison.Ordinal);
        var read = new GrainState<int[]>();
        await json.ReadStateAsync(Name, id, read);
        Assert.Equal([1], read.State!);
    }

    [Fact]
    public async Task Names_that_no_database_keeps_and_ETags_of_others_are_refused()
    {
        await using var silo = await StorageSilo.StartAsync("sqlite");
        var id = GrainId.Create("shop", "a");

        var unnamed = await Assert.ThrowsAsync<TributaryException>(() => silo.Storage.WriteStateAsync(
            Name, GrainId.Create("shop", "a\0b"), new GrainState<Cart>(new Cart())));
        Assert.Equal("grain_state_unnamed", unnamed.Code);
        var tooLong = await Assert.ThrowsAsync<TributaryException>(() => silo.Storage.ReadStateAsync(
            Name, GrainId.Create("shop", new string('ß', 1_000)), new GrainState<Cart>()));
        Assert.Contains("2009 bytes", tooLong.Message, StringComparison.Ordinal);
        await silo.Storage.WriteStateAsync(
            Name, GrainId.Create("shop", new string('ß', 990)), new GrainState<Cart>(new Cart()));
        // Orleans ends an activation with the ETag of another storage, and the next one reads.
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(
            Name, id, new GrainState<Cart>(new Cart()) { ETag = "5" }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => silo.NewStorage(batches: new GrainBatchOptions { MaxReadsCount = 0 }));
    }

    private static Task<StoreException> FailsAsync(Func<Task> call) => Assert.ThrowsAsync<StoreException>(call);

    private static Task WriteAsync(TributaryGrainStorage storage, int number, int bytes) => storage.WriteStateAsync(
        Name, GrainId.Create("shop", $"{number}"), new GrainState<Cart>(new Cart { Owner = new string('x', bytes) }));
}

[GenerateSerializer, Alias("tests.shopping-cart")]
public sealed class Cart
{
    [Id(0)]
    public string Owner { get; set; } = "";

    [Id(1)]
    public List<string> Items { get; set; } = [];
}

[GenerateSerializer, Alias("tests.later-cart")]
public sealed class LaterCart
{
    [Id(0)]
    public string Owner { get; set; } = "";

    [Id(1)]
    public List<string> Items { get; set; } = [];

    [Id(2)]
    public int Price { get; set; }
}
