using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Transports;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Execution;

/// <summary>Documents that are kept: which one makes room for another.</summary>
public sealed class DocumentCacheTests
{
    private readonly Schema schema = SchemaBuilder.Build("type Query { a: Int }");

    [Fact]
    public void The_document_unused_for_longest_makes_room()
    {
        var cache = new DocumentCache(2);
        cache.Add("1", Document());
        cache.Add("2", Document());
        Assert.NotNull(cache.Get("1"));
        cache.Add("3", Document());

        Assert.Equal(
            (true, false, true), (cache.Get("1") is not null, cache.Get("2") is not null, cache.Get("3") is not null));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_persisted_document_is_found_until_so_many_were_added_after_it()
    {
        var documents = new PersistedDocuments(2);
        foreach (var text in (string[])["{ a }", "{ b }"]) documents.Resolve(text, PersistedDocuments.Hash(text));
        Assert.Equal(("{ a }", "{ b }"), (Find("{ a }"), Find("{ b }")));
        documents.Resolve("{ c }", PersistedDocuments.Hash("{ c }"));

        Assert.Equal((null, "{ b }", "{ c }"), (Find("{ a }"), Find("{ b }"), Find("{ c }")));

        string? Find(string text) => documents.Resolve(null, PersistedDocuments.Hash(text)).Text;
    }

    private PreparedDocument Document() => new(schema, Parser.Parse("{ a }", new ParserOptions()));
}
