using Tributary.GraphQL.Binding;

namespace Tributary.GraphQL.Tests.Execution;

/// <summary>A list of N objects costs one query of the store per level, not N.</summary>
public sealed class BatchTests
{
    private const string Sdl =
        "type Query { rows(first: Int): [Row!]! row: Row } type Row { id: Int!, item: Item, itemId: Int } type Item { "
        + "id: Int!, owner: Owner, late: Owner } type Owner { name: String }";

    private sealed record Row(int Id);

    private sealed record Item(int Id);

    private sealed record Owner(string Name);

    private readonly List<string> loads = [];

    private GraphQLEngine Engine(bool async, GraphQLOptions? options = null)
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query")
            .Field("rows", (_, c) => Enumerable.Range(0, c.Arguments.Get<int>("first")).Select(i => new Row(i)))
            .Field("row", _ => new Row(-1));
        bindings.Object<Row>("Row")
            .Field<int?>("itemId", r => r.Id)
            .Batch<int, Item>(
                "item", r => r.Id / 2, (keys, _) => Load("items", async, keys, k => k == 3 ? null : new Item(k)));
        bindings
            .Object<Item>("Item")
            .Batch<int, Owner>("owner", i => i.Id, (keys, _) => Load("owners", async, keys, k => new Owner("o" + k)))
            .Batch<int, Owner>("late", i => i.Id, (_, _) => throw new GraphQLException("The store is away."));
        bindings.Object<Owner>("Owner");
        return new GraphQLEngine(Sdl, bindings, options);
    }

    private async Task<IReadOnlyDictionary<int, T>> Load<T>(
        string what, bool async, IReadOnlyList<int> keys, Func<int, T?> get)
        where T : class
    {
        lock (loads) loads.Add($"{what}:{keys.Count}");
        if (async) await Task.Yield();
        return keys.Where(k => get(k) is not null).ToDictionary(k => k, k => get(k)!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_level_is_loaded_at_once_and_each_key_once(bool async)
    {
        var result = await Engine(async)
            .ExecuteAsync(
                new GraphQLRequest(
                    "{ rows(first: 100) { id item { id owner { name } } again: item { id } } row { item { id } } }"),
                TestContext.Current.CancellationToken);
        Assert.Empty(result.Errors);
        Assert.Contains("""{"id":4,"item":{"id":2,"owner":{"name":"o2"}},"again":{"id":2}}""", result.ToString());
        Assert.Contains("""{"id":6,"item":null,"again":null}""", result.ToString());
        Assert.Equal(["items:50", "owners:49"], loads);
    }

    [Fact]
    public async Task A_batch_has_at_most_so_many_keys()
    {
        await Engine(true, new GraphQLOptions { MaxBatchKeys = 20 })
            .ExecuteAsync(
                new GraphQLRequest("{ rows(first: 100) { item { id } } }"), TestContext.Current.CancellationToken);
        Assert.Equal(["items:20", "items:20", "items:10"], loads);
    }

    [Fact]
    public async Task A_load_that_fails_fails_each_of_its_fields()
    {
        var result = await Engine(true)
            .ExecuteAsync(
                new GraphQLRequest("{ rows(first: 4) { item { late { name } } } }"),
                TestContext.Current.CancellationToken);
        Assert.Equal(4, result.Errors.Count);
        Assert.All(result.Errors, e => Assert.Equal("The store is away.", e.Message));
    }
}
