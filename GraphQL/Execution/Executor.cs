using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// Executes one operation (spec section 6). One thread at a time runs it: it resolves fields in order, and the
/// loop in <c>Executor.Loop.cs</c> continues the fields that must wait. So the state of a request needs no
/// locks, and resolvers wait together.
/// </summary>
internal sealed partial class Executor
{
    private readonly GraphQLOptions options;
    private readonly InputObject variables;
    private readonly Document document;
    private readonly CancellationToken caller;
    private readonly List<GraphQLError> errors = [];
    private Dictionary<FieldPlan, InputObject>? argumentsOfRequest;
    private CancellationTokenSource? timer;
    private CancellationTokenSource? cancellation;

    public Executor(
        GraphQLOptions options, Document document, PlanScope scope, InputObject variables, object? state,
        CancellationToken caller)
    {
        this.options = options;
        this.document = document;
        this.variables = variables;
        this.caller = caller;
        Scope = scope;
        State = state;
    }

    public object? State { get; }

    public PlanScope Scope { get; }

    /// <summary>Created when a resolver asks for it, or when the operation has to wait.</summary>
    public CancellationToken CancellationToken
    {
        get
        {
            lock (gate)
            {
                timer ??= new CancellationTokenSource(options.ExecutionTimeout, options.Time);
                cancellation ??= CancellationTokenSource.CreateLinkedTokenSource(caller, timer.Token);
                return cancellation.Token;
            }
        }
    }

    /// <summary>ExecuteQuery, and ExecuteMutation with <paramref name="serial"/>.</summary>
    public async ValueTask<ExecutionResult> ExecuteRoot(SelectionPlan plan, object? root, bool serial)
    {
        var node = new ObjectNode(null, 0, plan);
        try
        {
            if (serial)
            {
                for (var i = 0; i < plan.Fields.Length && !node.IsDead; i++)
                {
                    ExecuteField(node, i, root);
                    await Drain();
                }
            }
            else
            {
                ExecuteSelectionSet(node, root);
                if (pending > 0) await Drain();
            }
        }
        catch (Exception end) when (TimedOut || end is InsufficientExecutionStackException)
        {
            End(node, end);
        }
        finally
        {
            Release();
        }
        return ExecutionResult.Executed(node.IsDead ? null : node, errors);
    }

    /// <summary>One event of a subscription: its root field has the event as its value.</summary>
    public async ValueTask<ExecutionResult> ExecuteEvent(SelectionPlan plan, object? value)
    {
        var node = new ObjectNode(null, 0, plan);
        try
        {
            CompleteValue(plan.Fields[0], plan.Fields[0].Definition.Type, value, node, 0);
            if (pending > 0) await Drain();
        }
        catch (Exception end) when (TimedOut || end is InsufficientExecutionStackException)
        {
            End(node, end);
        }
        finally
        {
            Release();
        }
        return ExecutionResult.Executed(node.IsDead ? null : node, errors);
    }

    /// <summary>
    /// CreateSourceEventStream: the stream of events of a subscription's root field (spec section 6.2.3.1).
    /// </summary>
    public IAsyncEnumerable<object?> CreateSourceEventStream(SelectionPlan plan, CancellationToken lifetime)
    {
        // A subscription lives until its caller leaves; the time limit holds for each event.
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
        var field = plan.Fields[0];
        var arguments = LiteralCoercion.Arguments(field.Definition.Arguments, field.Nodes[0].Arguments, variables);
        return field.Binding!.Stream!(
            new ResolveContext(this, field, new ObjectNode(null, 0, plan), 0, null, arguments));
    }

    private bool TimedOut => timer is { IsCancellationRequested: true } && !caller.IsCancellationRequested;

    private void End(ObjectNode root, Exception reason)
    {
        root.IsDead = true;
        errors.Clear();
        errors.Add(reason is InsufficientExecutionStackException
            ? new GraphQLError("The operation nests too deep.", Code: ErrorCodes.Limit)
            : new GraphQLError(
                $"The operation took longer than {options.ExecutionTimeout.TotalSeconds:0.###} s, which is the "
                + "limit.", Code: ErrorCodes.Timeout));
    }

    /// <summary>
    /// Releases timers and registrations. The executor calls it itself, except for the source of a subscription.
    /// </summary>
    public void Release()
    {
        cancellation?.Dispose();
        timer?.Dispose();
    }

    /// <summary>
    /// True for a failure that no single field is responsible for: the caller is gone, or time or stack is used up.
    /// </summary>
    private bool EndsOperation(Exception failure) =>
        failure is InsufficientExecutionStackException
        || (failure is OperationCanceledException && cancellation is { IsCancellationRequested: true });

    private void ExecuteSelectionSet(ObjectNode node, object? source)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var count = node.Plan.Fields.Length;
        for (var i = 0; i < count && !node.IsDead; i++) ExecuteField(node, i, source);
    }

    private void ExecuteField(ObjectNode node, int index, object? source)
    {
        var field = node.Plan.Fields[index];
        if (field.IsTypeName)
        {
            node.Slots[index] = node.Plan.Type.Name;
            return;
        }
        ValueTask<object?> task;
        try
        {
            if (field.Binding is { Getter: { } getter })
            {
                CompleteValue(field, field.Definition.Type, getter(source!), node, index);
                return;
            }
            if (field.Binding!.Batch is { } batch)
            {
                batch(this, new Place(field, node, index), source!);
                return;
            }
            task = field.Binding.Resolver!(new ResolveContext(this, field, node, index, source, Arguments(field)));
            if (task.IsCompletedSuccessfully)
            {
                CompleteValue(field, field.Definition.Type, task.Result, node, index);
                return;
            }
        }
        catch (Exception failure) when (!EndsOperation(failure))
        {
            Fail(field, node, index, failure);
            return;
        }
        Continue(task, field, node, index);
    }

    /// <summary>The context for a resolver of this place.</summary>
    public ResolveContext ContextOf(Place place, object? source) =>
        new(this, place.Field, place.Node, place.Index, source, Arguments(place.Field));

    /// <summary>CoerceArgumentValues, once per field of the operation instead of once per object.</summary>
    private InputObject Arguments(FieldPlan field)
    {
        if (field.Definition.Arguments.Count == 0) return InputObject.Empty;
        if (!field.HasVariables)
            return field.ConstantArguments ??= LiteralCoercion.Arguments(
                field.Definition.Arguments, field.Nodes[0].Arguments, InputObject.Empty);
        argumentsOfRequest ??= [];
        if (!argumentsOfRequest.TryGetValue(field, out var arguments))
            argumentsOfRequest[field] = arguments = LiteralCoercion.Arguments(
                field.Definition.Arguments, field.Nodes[0].Arguments, variables);
        return arguments;
    }
}
