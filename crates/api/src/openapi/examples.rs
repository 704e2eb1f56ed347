//! Gives every body in the description an example, from those of its fields.

use serde_json::{Map, Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ArrayItems, Components, Schema, SchemaType};
use utoipa::openapi::{Content, OpenApi, RefOr, Type};

use super::refusals;

/// Gives an example to what has none.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for item in document.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch, &mut item.head];
        for operation in operations.into_iter().flatten() {
            for content in contents(operation) {
                if content.example.is_none() && content.examples.is_empty() {
                    content.example = content.schema.as_ref().map(|schema| example(schema, components));
                }
            }
        }
    }
    let problems = refusals::examples().map(|(name, example)| (name, example.into()));
    components.examples.extend(problems);
}

/// What an operation takes and gives.
fn contents(operation: &mut Operation) -> impl Iterator<Item = &mut Content> {
    let asked = operation.request_body.iter_mut().filter_map(own).flat_map(|body| body.content.values_mut());
    let answers = operation.responses.responses.values_mut().filter_map(own);
    asked.chain(answers.flat_map(|response| response.content.values_mut())).filter_map(own)
}

/// What is not a reference to something else.
fn own<T>(either: &mut RefOr<T>) -> Option<&mut T> {
    match either {
        RefOr::T(own) => Some(own),
        RefOr::Ref(_) => None,
    }
}

/// A value of a schema: its own example, else one made of the examples of its parts.
fn example(schema: &RefOr<Schema>, components: &Components) -> Value {
    let schema = match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            return components.schemas.get(name).map_or(Value::Null, |schema| example(schema, components));
        }
    };
    match schema {
        Schema::Object(object) => {
            let own = object.example.clone().or_else(|| object.enum_values.as_ref()?.first().cloned());
            own.unwrap_or_else(|| match &object.schema_type {
                SchemaType::Type(Type::Boolean) => json!(false),
                SchemaType::Type(Type::Object) => {
                    let fields = object.properties.iter();
                    fields
                        .map(|(name, schema)| (name.clone(), example(schema, components)))
                        .collect::<Map<_, _>>()
                        .into()
                }
                _ => Value::Null,
            })
        }
        Schema::Array(array) => array.example.clone().unwrap_or_else(|| match &array.items {
            ArrayItems::RefOrSchema(items) => json!([example(items, components)]),
            ArrayItems::False => json!([]),
        }),
        Schema::OneOf(one) => {
            let others = one.items.iter().map(|schema| example(schema, components));
            one.example
                .clone()
                .or_else(|| others.into_iter().find(|value| !value.is_null()))
                .unwrap_or_default()
        }
        _ => Value::Null,
    }
}
