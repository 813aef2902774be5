using System.Collections;
using Tributary.GraphQL.Binding;

namespace Tributary.GraphQL.Tests.Execution;

/// <summary>Once a null has taken the place of a result, nothing of it is worked on or reported any more.</summary>
public sealed class DeadResultTests
{
    private const string Sdl = """
        type Query { breaking: [Row], rows: [Row!], row: Row, a: Int }
        type Row { id: Int!, late: Int, broken: Int!, counted: Int }
        type Mutation { fail: Int!, count: Int! }
        """;

    private readonly TaskCompletionSource<int> late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int counted;

    private sealed record Row(int Id);

    /// <summary>A list whose second item cannot be had.</summary>
    private sealed class Breaking() : ArrayList(new object[] { new Row(0), new Row(1) })
    {
        public override object? this[int index]
        {
            get => index == 1 ? throw new GraphQLException("The list broke.") : base[index];
            set => base[index] = value;
        }
    }

    private GraphQLEngine Engine()
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query")
            .Field("breaking", _ => (object)new Breaking())
            .Field("rows", _ => new[] { new Row(0), new Row(1), new Row(2) })
            .Field("row", _ => new Row(0))
            .Field("a", _ => 1);
        bindings.Object<Row>("Row")
            .FieldAsync<int?>("late", async (_, _) => await late.Task)
            .Field<int>("broken", _ => throw new GraphQLException("Broken."))
            .Field<int?>("counted", _ => ++counted);
        bindings.Object("Mutation")
            .Field<int>("fail", _ => throw new GraphQLException("No."))
            .Field("count", _ => ++counted);
        return new GraphQLEngine(Sdl, bindings);
    }

    [Fact]
    public async Task A_field_that_fails_below_a_place_that_was_nulled_before_is_not_reported()
    {
        var running = Engine().ExecuteAsync(
            new GraphQLRequest("{ breaking { late } a }"), TestContext.Current.CancellationToken);
        late.SetException(new GraphQLException("Late."));
        var result = await running;

        Assert.Equal("The list broke.", Assert.Single(result.Errors).Message);
        Assert.EndsWith("\"data\":{\"breaking\":null,\"a\":1}}", result.ToString());
    }

    [Theory]
    [InlineData("{ rows { broken counted } }", 0)]
    [InlineData("{ rows { counted broken } }", 1)]
    [InlineData("{ row { counted broken again: counted } }", 1)]
    [InlineData("mutation { count fail again: count }", 1)]
    public async Task What_follows_in_a_result_that_was_nulled_is_not_resolved(string query, int resolved)
    {
        var result = await Engine().ExecuteAsync(new GraphQLRequest(query), TestContext.Current.CancellationToken);

        Assert.Single(result.Errors);
        Assert.Equal(resolved, counted);
    }
}
