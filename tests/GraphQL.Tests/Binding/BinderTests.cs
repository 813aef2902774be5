using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Binding;

/// <summary>What does not fit stops the start and names both sides.</summary>
public sealed class BinderTests
{
    private const string Sdl = """
        type Query { row: Row, rows: [Row!]!, either: Either }
        type Row { id: ID!, count: Int, kind: Kind!, extra: String }
        type Other { id: ID! }
        union Either = Row | Other
        enum Kind { SMALL_ONE BIG }
        type Subscription { row: Row }
        """;

    private sealed record Row(string Id, int? Count, Kind Kind, string Extra);

    private sealed record WrongRow(double Id, int? Count, Kind Kind);

    private sealed record Other(Guid Id);

    private enum Kind { SmallOne, Big }

    private enum FewerKinds { Big, Third }

    private static SchemaBindings Bindings(Action<SchemaBindings>? change = null, bool bindRow = true)
    {
        var bindings = new SchemaBindings().Enum<Kind>("Kind");
        bindings.Object("Query").Field("rows", _ => new List<Row>()).Field("either", _ => (object?)null);
        bindings.Object<Other>("Other");
        if (bindRow) bindings.Object<Row>("Row");
        change?.Invoke(bindings);
        if (!bindings.Object("Query").HasField("row"))
            bindings.Object("Query").Field<Row?>("row", _ => null);
        if (!bindings.Object("Subscription").HasField("row"))
            bindings.Object("Subscription").Stream<Row>("row", _ => throw new InvalidOperationException());
        return bindings;
    }

    [Fact]
    public void What_fits_starts() => Assert.NotNull(new GraphQLEngine(Sdl, Bindings()).Schema);

    public static TheoryData<string, Action<SchemaBindings>> Misfits =>
        new()
        {
            {
                "There is a resolver for Query.nothing, but type Query has no such field",
                b => b.Object("Query").Field("nothing", _ => 1)
            },
            { "Nothing, which is no object type of the schema", b => b.Object<Row>("Nothing") },
            {
                "Query.row is Row in the schema, but the resolver of Query.row gives Int32: Row is bound to Row",
                b => b.Object("Query").Field("row", _ => 1)
            },
            {
                "Query.row is Row in the schema, but the resolver of Query.row gives Other",
                b => b.Object("Query").FieldAsync("row", (_, _) => new ValueTask<Other>(new Other(Guid.Empty)))
            },
            {
                "Row.id is ID! in the schema, but the resolver of Row.id gives Int32?: its values may be null",
                b => b.Object<Row>("Row").Field("id", _ => (int?)1)
            },
            {
                "Row.count is Int in the schema, but the resolver of Row.count gives String",
                b => b.Object<Row>("Row").Field("count", r => r.Id)
            },
            {
                "Row.kind is Kind! in the schema, but the resolver of Row.kind gives FewerKinds: enum Kind is bound to "
                + "Kind",
                b => b.Object<Row>("Row").Field("kind", _ => FewerKinds.Big)
            },
            { "Enum value Kind.SMALL_ONE of the schema has no member in FewerKinds", b => b.Enum<FewerKinds>("Kind") },
            { "FewerKinds.Third has no value in enum Kind", b => b.Enum<FewerKinds>("Kind") },
            { "enum Nope, which the schema does not have", b => b.Enum<Kind>("Nope") },
            { "scalar Nope, which the schema does not have", b => b.Scalar("Nope", ScalarCodec.Untyped) },
            {
                "Subscription.row is a subscription, but the resolver of Subscription.row gives no stream",
                b => b.Object("Subscription").Field<Row?>("row", _ => null)
            },
            {
                "Query.row is no subscription, but the resolver of Query.row gives a stream",
                b => b.Object("Query").Stream<Row>("row", _ => throw new InvalidOperationException())
            },
        };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_does_not_fit_is_named_with_both_sides(string message, Action<SchemaBindings> change)
    {
        var problems = Assert.Throws<SchemaException>(() => new GraphQLEngine(Sdl, Bindings(change))).Problems;
        Assert.Contains(problems, p => p.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_without_resolver_and_property_is_named()
    {
        var bindings = Bindings(b => b.Object<WrongRow>("Row"), bindRow: false);
        var problems = Assert.Throws<SchemaException>(() => new GraphQLEngine(Sdl, bindings)).Problems;
        Assert.Contains(
            "Row.extra of the schema has no resolver, and WrongRow has no property of that name.", problems);
        Assert.Contains(
            "Row.id is ID! in the schema, but property WrongRow.Id gives Double: ID is written from String, Guid, "
            + "Int32, Int64, UInt32, UInt64.",
            problems);
    }

    [Fact]
    public void A_property_cannot_take_arguments()
    {
        var bindings = new SchemaBindings();
        bindings.Object<Other>("Query");
        var problems = Assert
            .Throws<SchemaException>(() => new GraphQLEngine("type Query { id(upper: Boolean): ID! }", bindings))
            .Problems;
        Assert.Equal("Query.id has arguments, but property Other.Id cannot take any.", Assert.Single(problems));
    }

    [Fact]
    public void Bindings_may_serve_two_engines()
    {
        var bindings = Bindings();
        Assert.NotSame(new GraphQLEngine(Sdl, bindings).Schema, new GraphQLEngine(Sdl, bindings).Schema);
    }

    [Fact]
    public void A_type_that_is_not_bound_is_named()
    {
        var problems = Assert
            .Throws<SchemaException>(() =>
                new GraphQLEngine("type Query { a: A } type A { b: Int }", new SchemaBindings()))
            .Problems;
        Assert.Contains("Query.a of the schema has no resolver, and the type is not bound.", problems);
    }
}
