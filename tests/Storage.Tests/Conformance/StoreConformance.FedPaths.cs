using Tributary.Storage.Generations;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Which paths are fed, and from which position on.</summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_path_that_is_named_later_begins_above_all_that_was_stored_and_refuses_rounds_without_it()
    {
        var silo = await JoinIndexingAsync("/n");
        await FillAsync(silo, 0, 100);
        var known = silo.Silo.Definitions;

        await silo.Silo.Store.Generations.DeclareAsync(silo.Silo.Id, [], ["/n", "/i"], Cancellation);
        var refused = await silo.Silo.TryCommitAsync(round => round.Messages.Add(silo.Message("""{"i":1}""", 100)));

        Assert.Equal(new CommitOutcome.Outdated(known + 1), refused);
        await silo.LearnAsync();
        await FillAsync(silo, 100, 100);
        // All that was stored before, and the one that is found.
        AssertFound(await SearchAsync(silo, Body("/i", Comparison.Equal, "142")), 101, [142]);
        AssertFound(
            await SearchAsync(silo, Body("/n", Comparison.Equal, "3")), 20,
            Enumerable.Range(0, 20).Select(static i => (10 * i) + 3));
    }

    [Fact]
    public async Task A_path_that_nobody_names_any_more_ends_and_one_that_is_named_again_begins_anew()
    {
        var silo = await JoinIndexingAsync("/n", "/i");
        await FillAsync(silo, 0, 10);
        var before = silo.Silo.Definitions;
        await silo.DeclareAsync("/n");
        Assert.Equal(before + 1, silo.Silo.Definitions);
        Assert.Equal(["/n"], silo.Paths.Keys);
        await FillAsync(silo, 10, 10);
        await silo.DeclareAsync("/i", "/n");
        await silo.DeclareAsync("/n");
        await silo.DeclareAsync("/i", "/n");
        await FillAsync(silo, 20, 10);

        var found = await SearchAsync(silo, Body("/i", Comparison.In, "[5,15,25]"));

        AssertFound(found, 1 + 10 + 1, [5, 15, 25]);
    }

    [Fact]
    public async Task A_start_with_the_same_paths_changes_no_version()
    {
        var silo = await JoinIndexingAsync("/n", "/i");
        var (version, paths) = (silo.Silo.Definitions, silo.Paths);
        await FillAsync(silo, 0, 10);
        await Harness.CrashAsync(silo.Silo.Store);

        // Between its join and its declaration a silo finds all as it was.
        silo = new IndexingSilo(await JoinAsync());
        var stored = await silo.Silo.Store.Generations.ReviewAsync(Cancellation);
        Assert.Equal(paths.OrderBy(static path => path.Value),
            stored.IndexedPaths.Select(static row => KeyValuePair.Create(row.Pointer, row.Id)));
        await silo.DeclareAsync("/i", "/n");

        Assert.Equal(version, silo.Silo.Definitions);
        await FillAsync(silo, 10, 10);
        AssertFound(await SearchAsync(silo, Body("/i", Comparison.In, "[5,15]")), 2, [5, 15]);
    }

    [Fact]
    public async Task More_paths_than_the_limit_are_refused_and_nothing_is_changed()
    {
        static string[] Paths(int count) => [.. Enumerable.Range(1, count).Select(static i => $"/f{i}")];
        var silo = await JoinIndexingAsync("/n");
        var version = silo.Silo.Definitions;

        var error = await Assert.ThrowsAsync<StoreException>(
            () => silo.DeclareAsync(Paths(StoredDefinitions.MaxIndexedPathsCount + 1)));

        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.EndsWith(
            "with those of the silos that run these are 65 paths; allowed: at most 64 in all silos of a cluster "
            + "together.", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("indexed_paths: found [/f1, /f2,", error.Message, StringComparison.Ordinal);
        await silo.LearnAsync();
        Assert.Equal((version, "/n"), (silo.Silo.Definitions, Assert.Single(silo.Paths).Key));
        await silo.DeclareAsync(Paths(StoredDefinitions.MaxIndexedPathsCount));
        Assert.Equal(StoredDefinitions.MaxIndexedPathsCount, silo.Paths.Count);
        var body = $"{{{string.Join(',', silo.Paths.Keys.Select(static path => $"\"{path[1..]}\":\"{path}\""))}}}";
        await silo.CommitAsync([silo.Message("{}", 0), silo.Message(body, 1)]);
        AssertFound(await SearchAsync(silo, Body("/f64", Comparison.Equal, "\"/f64\"")), 1, [1]);
    }
}
