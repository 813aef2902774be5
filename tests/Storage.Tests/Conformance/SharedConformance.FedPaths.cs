using Tributary.Messages;
using Tributary.Storage.Generations;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Indexed paths of several silos: what any of them names, all extract.</summary>
public abstract partial class SharedConformance
{
    [Fact]
    public async Task What_any_living_silo_names_is_extracted_by_all_from_one_position_on()
    {
        var (first, second) = (await JoinIndexingBesideAsync("/n"), await JoinIndexingBesideAsync("/i", "/n"));
        var refused = await first.Silo.TryCommitAsync(round => round.Messages.Add(Numbered(first, 0)));
        Assert.IsType<CommitOutcome.Outdated>(refused);
        await first.LearnAsync();

        Assert.Equal(["/i", "/n"], first.Paths.Keys.Order());
        Assert.Equal(first.Paths.OrderBy(static path => path.Value), second.Paths.OrderBy(static path => path.Value));
        Assert.False((await first.Silo.Store.Generations.ReadAsync(Cancellation)).IsDue);
        for (var i = 0; i < 20; i++)
            await (i % 2 == 0 ? first : second).CommitAsync([Numbered(first, i)]);
        AssertFound(await SearchAsync(second, 4, 5, 19), 3, [4, 5, 19]);
    }

    [Fact]
    public async Task A_path_that_only_one_silo_names_ends_when_a_review_finds_that_silo_gone()
    {
        var (first, second) = (await JoinIndexingBesideAsync("/n"), await JoinIndexingBesideAsync("/i", "/n"));
        await first.LearnAsync();
        await first.CommitAsync([Numbered(first, 0), Numbered(first, 1)]);
        var version = first.Silo.Definitions;

        await second.Silo.Store.LeaveAsync(second.Silo.Id, Cancellation);
        // Nothing changes before somebody looks: the silo that stays extracts the path meanwhile.
        await first.CommitAsync([Numbered(first, 2)]);
        var due = await first.Silo.Store.Generations.ReadAsync(Cancellation);
        Assert.True(due is { IsDue: true, IndexedPaths.Count: 2 } && due.Version == version);
        var after = await first.Silo.Store.Generations.ReviewAsync(Cancellation);

        Assert.Equal((version + 1, "/n", false),
            (after.Version, Assert.Single(after.IndexedPaths).Pointer, after.IsDue));
        await first.LearnAsync();
        await first.CommitAsync([Numbered(first, 3), Numbered(first, 4)]);
        AssertFound(await SearchAsync(first, 1, 3), 1 + 2, [1, 3]);

        var third = await JoinIndexingBesideAsync("/i");
        await first.LearnAsync();
        await first.CommitAsync([Numbered(first, 5), Numbered(first, 6)]);
        await third.CommitAsync([Numbered(third, 7)]);
        AssertFound(await SearchAsync(first, 1, 3, 5, 7), 1 + 2 + 2, [1, 3, 5, 7]);
    }

    [Fact]
    public async Task When_all_silos_stop_and_start_with_the_same_paths_the_index_has_no_gap()
    {
        var (first, second) = (await JoinIndexingBesideAsync("/n"), await JoinIndexingBesideAsync("/i"));
        await second.CommitAsync([Numbered(second, 0), Numbered(second, 1)]);
        foreach (var silo in (IndexingSilo[])[first, second])
            await silo.Silo.Store.LeaveAsync(silo.Silo.Id, Cancellation);

        var again = await JoinIndexingBesideAsync("/i", "/n");

        Assert.Equal(second.Silo.Definitions, again.Silo.Definitions);
        await again.CommitAsync([Numbered(again, 2), Numbered(again, 3)]);
        AssertFound(await SearchAsync(again, 1, 2), 2, [1, 2]);
    }

    [Fact]
    public async Task A_silo_whose_paths_are_too_many_beside_those_of_others_is_refused()
    {
        static string[] Paths(int first, int count) =>
            [.. Enumerable.Range(first, count).Select(static i => $"/f{i}")];
        var first = await JoinIndexingBesideAsync(Paths(1, 60));
        var second = await JoinIndexingBesideAsync(Paths(58, 7));

        var error = await Assert.ThrowsAsync<StoreException>(() => JoinIndexingBesideAsync("/f1", "/more"));

        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.Contains("found [/f1, /more]; with those of the silos that run these are 65 paths", error.Message,
            StringComparison.Ordinal);
        await second.DeclareAsync(Paths(58, 6));
        await second.Silo.Store.LeaveAsync(second.Silo.Id, Cancellation);
        await JoinIndexingBesideAsync("/f1", "/more");
        await first.LearnAsync();
        Assert.Equal(StoredDefinitions.MaxIndexedPathsCount - 3, first.Paths.Count);
    }

    private async Task<IndexingSilo> JoinIndexingBesideAsync(params string[] paths)
    {
        var silo = new IndexingSilo(await JoinBesideAsync());
        await silo.DeclareAsync(paths);
        return silo;
    }

    private static AppendedMessage Numbered(IndexingSilo silo, int number) =>
        silo.Message($$"""{"n":{{number % 10}},"i":{{number}}}""", number);

    private static Task<MessageMatches> SearchAsync(IndexingSilo silo, params int[] numbers) => SearchAsync(
        silo, Body("/i", Comparison.In, $"[{string.Join(',', numbers)}]"));
}
