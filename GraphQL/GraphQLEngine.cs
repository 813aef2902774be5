using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Introspection;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Limits;
using Tributary.GraphQL.Types;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL;

/// <summary>A schema with its resolvers, ready to serve. One instance serves any number of requests at once.</summary>
public sealed class GraphQLEngine
{
    private readonly DocumentCache cache;

    /// <summary>Builds the schema and checks that the resolvers fit.</summary>
    /// <exception cref="SchemaException">
    /// Lists every error of the schema and every binding that does not fit it.
    /// </exception>
    public GraphQLEngine(string sdl, SchemaBindings bindings, GraphQLOptions? options = null)
    {
        Options = options ?? new GraphQLOptions();
        Schema = SchemaBuilder.Build(sdl);
        IntrospectionBindings.AddTo(bindings);
        Binder.Bind(Schema, bindings);
        cache = new DocumentCache(Options.MaxCachedDocumentCount);
    }

    public Schema Schema { get; }

    public GraphQLOptions Options { get; }

    internal int CachedDocumentCount => cache.Count;

    /// <summary>
    /// Executes a query or mutation. The result holds every error of the request; only cancellation throws.
    /// </summary>
    public ValueTask<ExecutionResult> ExecuteAsync(GraphQLRequest request, CancellationToken cancellation = default)
    {
        var prepared = Prepare(request, out var refused);
        if (prepared is null) return new ValueTask<ExecutionResult>(refused!);
        var (operation, variables, plan, document, scope) = prepared.Value;
        if (operation.Operation == OperationType.Subscription)
            return new ValueTask<ExecutionResult>(
                Refuse(
                    "A subscription needs a transport that can stream: WebSocket or server-sent events.",
                    ErrorCodes.BadRequest));
        var executor = new Executor(Options, document, scope, variables, request.State, cancellation);
        return executor.ExecuteRoot(plan, null, operation.Operation == OperationType.Mutation);
    }

    /// <summary>
    /// The kind of operation that the request selects; null when an error in the request leaves it open.
    /// </summary>
    public OperationType? KindOf(GraphQLRequest request) =>
        Document(request.Query, out _)?.Operation(request.OperationName, out _)?.Operation;

    /// <summary>
    /// Starts a subscription: yields results until the source ends or the enumerator is disposed. A refused request, or
    /// one whose source cannot be created, yields one result without data. A query or mutation yields one result.
    /// </summary>
    public async IAsyncEnumerable<ExecutionResult> SubscribeAsync(
        GraphQLRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var prepared = Prepare(request, out var refused);
        if (prepared is null)
        {
            yield return refused!;
            yield break;
        }
        var (operation, variables, plan, document, scope) = prepared.Value;
        if (operation.Operation != OperationType.Subscription)
        {
            yield return await ExecuteAsync(request, cancellation);
            yield break;
        }
        var events = Subscriptions.EventStream.MapSourceToResponse(
            () => new Executor(Options, document, scope, variables, request.State, cancellation),
            plan,
            Options,
            cancellation);
        await foreach (var result in events)
            yield return result;
    }

    private PreparedOperation? Prepare(GraphQLRequest request, out ExecutionResult? refused)
    {
        try
        {
            return PrepareWithinStack(request, out refused);
        }
        catch (InsufficientExecutionStackException)
        {
            refused = TooDeep();
            return null;
        }
    }

    private PreparedOperation? PrepareWithinStack(GraphQLRequest request, out ExecutionResult? refused)
    {
        var prepared = Document(request.Query, out refused);
        if (prepared is null) return null;
        var operation = prepared.Operation(request.OperationName, out var problem);
        if (operation is null)
        {
            refused = Refuse(problem, ErrorCodes.BadRequest);
            return null;
        }
        if (request.QueriesOnly && operation.Operation != OperationType.Query)
        {
            refused = Refuse("Only queries may be sent this way.", ErrorCodes.BadRequest);
            return null;
        }
        if (request.Variables.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            refused = Refuse("Variables are a JSON object.", ErrorCodes.BadRequest);
            return null;
        }
        var (variables, errors) = VariableCoercion.Coerce(
            Schema, prepared.Document, operation, request.Variables, Options.MaxErrorCount);
        if (errors.Count > 0)
        {
            refused = ExecutionResult.Refused(errors);
            return null;
        }
        var cost = new OperationCost(Schema, prepared.Fragments, variables, Options).Of(operation);
        if (cost > Options.MaxCost)
        {
            refused = Refuse(
                $"The operation may cost {cost}; the limit is {Options.MaxCost}. Ask for shorter lists or fewer "
                + "fields.", ErrorCodes.Limit);
            return null;
        }
        var (plan, scope) = prepared.Plan(operation, variables);
        return new PreparedOperation(operation, variables, plan, prepared.Document, scope);
    }

    /// <summary>
    /// Finds the document in the cache, or parses and validates it. The cache keeps no refused documents.
    /// </summary>
    private PreparedDocument? Document(string text, out ExecutionResult? refused)
    {
        refused = null;
        if (cache.Get(text) is { } known) return known;
        if (text.Length > Options.MaxDocumentBytes || Encoding.UTF8.GetByteCount(text) > Options.MaxDocumentBytes)
        {
            refused = Refuse(
                $"The document is longer than {Options.MaxDocumentBytes} bytes, which is the limit.", ErrorCodes.Limit);
            return null;
        }
        try
        {
            var document = Parser.Parse(
                text,
                new ParserOptions { MaxTokenCount = Options.MaxTokenCount, MaxNestingDepth = Options.MaxNestingDepth });
            var errors = DocumentValidator.Validate(Schema, document, Options.MaxErrorCount);
            if (errors.Count > 0)
            {
                refused = ExecutionResult.Refused(errors);
                return null;
            }
            var prepared = new PreparedDocument(Schema, document);
            if (DocumentLimits.Check(document, prepared.Fragments, Options) is { } exceeded)
            {
                refused = ExecutionResult.Refused(exceeded);
                return null;
            }
            cache.Add(text, prepared);
            return prepared;
        }
        catch (InsufficientExecutionStackException)
        {
            refused = TooDeep();
            return null;
        }
        catch (GraphQLSyntaxException problem)
        {
            refused = ExecutionResult.Refused(problem.Error);
            return null;
        }
    }

    private static ExecutionResult TooDeep() =>
        Refuse("The document nests too deep through its fragments.", ErrorCodes.Limit);

    private static ExecutionResult Refuse(string message, string code) =>
        ExecutionResult.Refused(new GraphQLError(message, Code: code));

    private readonly record struct PreparedOperation(
        OperationDefinition Operation, InputObject Variables, SelectionPlan Plan, Document Document, PlanScope Scope);
}
